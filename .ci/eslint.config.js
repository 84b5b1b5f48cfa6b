import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/node_modules/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: process.cwd() } },
    rules: {
      // Numbers in messages are meant as they print.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      // Code points are what a caret counts, and what a boot order's letters are.
      '@typescript-eslint/no-misused-spread': 'off',
      // `return report.add(...)` leaves a function early, in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // The core is pure and runs in a browser; effects live in cli.
    files: ['lib/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', '**/cli/**'] }] },
  },
  {
    // Formats know the model, not each other; xl's syntax is also how XML keeps xl's settings.
    files: ['lib/xl/**/*.ts', 'lib/model/**/*.ts', 'lib/diagnostics/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', '**/cli/**', '**/libvirt/**'] }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly' } } },
);

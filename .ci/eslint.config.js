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
      // `using _lock = ...` holds what is never read.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
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
    // A document may have hundreds of thousands of anything; as arguments of a call they overflow the stack.
    files: ['lib/**/*.ts'],
    ignores: ['lib/realize/**', 'lib/daemon/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['callee.property.name=/^(push|unshift|splice)$/', "callee.object.name='Math'"].map((call) => ({
          selector: `CallExpression[${call}] > SpreadElement`,
          message: 'use a loop: as arguments, the parts of a large document overflow the stack',
        })),
      ],
    },
  },
  ...importsPointDown(),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly' } } },
);

/** Which modules each part of lib may not import: the rules of docs/architecture.md. */
function importsPointDown() {
  const rooms = [
    // The core is pure and runs in a browser; effects live in realize's clients, and in cli.
    { files: ['lib/**/*.ts'], patterns: ['node:*', '**/cli/**', '**/realize/**'] },
    // The formats import the model, not each other. XML preserves xl's settings in xl's syntax, which both import.
    {
      files: ['lib/xl-syntax/**/*.ts', 'lib/xl/**/*.ts', 'lib/model/**/*.ts', 'lib/diagnostics/**/*.ts'],
      patterns: ['node:*', '**/cli/**', '**/realize/**', '**/libvirt/**'],
    },
    { files: ['lib/libvirt/**/*.ts'], patterns: ['node:*', '**/cli/**', '**/realize/**', '**/xl/**'] },
    { files: ['lib/agent/node/**/*.ts'], patterns: ['**/cli/**', '**/realize/**'] },
    // The plan is pure, too. lib/tsconfig.json names the same rooms that may use Node.
    { files: ['lib/realize/**/*.ts'], patterns: ['node:*', '**/cli/**', '**/daemon/**'] },
    { files: ['lib/daemon/**/*.ts'], patterns: ['**/cli/**'] },
    {
      files: ['lib/realize/{xenstore,qmp,qemu,dom0,backends,host}/**/*.ts'],
      patterns: ['**/cli/**', '**/daemon/**'],
    },
  ];
  return rooms.map(({ files, patterns }) => ({
    files,
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  }));
}

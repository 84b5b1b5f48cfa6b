/** No circles of imports: part of `npm run lint`. */
export default {
  forbidden: [
    {
      name: 'no-circular-imports',
      comment:
        'A file must not import itself by way of others, types included: move what both need below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'formats-are-independent',
      comment: 'libvirt/ and xl/ share model/, diagnostics/ and xl-syntax/, and do not import each other.',
      severity: 'error',
      from: { path: '^lib/(libvirt|xl)/' },
      to: { path: '^lib/(libvirt|xl)/', pathNot: '^lib/$1/' },
    },
    {
      name: 'workers-do-not-import-commands',
      comment:
        'A command passes what it has parsed to its worker; only what starts the program imports commands.',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/(run\\.ts$|commands/)' },
      to: { path: '^cli/commands/' },
    },
    {
      name: 'the-page-imports-the-library',
      comment: 'web/ is a program beside cli/: it imports lib/, and nothing imports it.',
      severity: 'error',
      from: { path: '^(lib|cli)/' },
      to: { path: '^web/' },
    },
    {
      name: 'the-page-does-not-convert',
      comment: 'Only the worker imports what takes time.',
      severity: 'error',
      from: { path: '^web/(page|exchange)' },
      to: {
        path: '^(lib/(convert|index|adapt/|realize/plan)|web/worker/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-circular-folders',
      comment: 'Two folders must not import each other.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

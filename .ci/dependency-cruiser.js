/** No circles of imports: part of `npm run lint`. */
const core = '^lib/(xl|xl-syntax|libvirt|model|document|check|to-xen|hooks)/';

export default {
  forbidden: [
    {
      name: 'no-circular-imports',
      comment: 'A file must not import itself by way of others when it runs: move what both need below them.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circular-types',
      comment: 'In the core, types are imported downward, too.',
      severity: 'error',
      from: { path: core },
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
      name: 'no-circular-folders',
      comment: 'In the core, two folders must not import each other.',
      severity: 'error',
      scope: 'folder',
      from: { path: core.slice(0, -1) },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

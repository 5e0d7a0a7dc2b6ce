/** Imports go down only: which room may import which. Checked by `npm run check`. */
const room = (name) => `^electron/${name}/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-is-pure',
      comment:
        'shared/ holds contracts: it imports only itself, zod, MessagePack for the wire, jStat for quantiles, d3-contour for isolines (and types of echarts for figures)',
      severity: 'error',
      from: { path: '^shared/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: ['^shared/', '^node_modules/(zod|@msgpack|jstat|d3-contour)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'renderer-knows-only-shared',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|build|e2e|bench)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-desktop-imports-electron',
      severity: 'error',
      from: { path: '^(electron|shared|renderer)/', pathNot: ['^electron/(main|preload)\\.ts$', room('desktop')] },
      to: { path: '^node_modules/electron/' },
    },
    {
      name: 'trainer-stands-alone',
      comment: 'the computing process knows contracts, data sets and its port; no SQLite, no workbench',
      severity: 'error',
      from: { path: room('trainer'), pathNot: '\\.test\\.ts$' },
      to: { path: '^electron/(?!trainer/|datasets/|processes/)|^node_modules/(better-sqlite3|echarts|@resvg)/' },
    },
    {
      name: 'workbench-does-not-compute',
      severity: 'error',
      from: { path: room('workbench'), pathNot: '\\.test\\.ts$' },
      to: { path: '^electron/(?!workbench/|datasets/|processes/|files/)|^node_modules/onnxruntime' },
    },
    {
      name: 'datasets-and-processes-are-low',
      severity: 'error',
      from: { path: '^electron/(datasets|processes|files)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^electron/(trainer|workbench|desktop|server|cli)/' },
    },
    {
      name: 'hosts-do-not-know-each-other',
      severity: 'error',
      comment: 'the terminal may start the server; nothing else crosses',
      from: { path: '^electron/(desktop|server|cli)/' },
      to: {
        path: '^electron/(trainer|cli|desktop|server)/',
        pathNot: ['^electron/$1/', '^electron/server/server\\.ts$'],
      },
    },
    {
      name: 'sqlite-in-the-store-only',
      severity: 'error',
      from: { path: '^(electron|renderer|shared)/', pathNot: ['^electron/workbench/store/', '\\.test\\.ts$'] },
      to: { path: '^node_modules/(@types/)?better-sqlite3/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: '^(electron|shared|renderer)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    // a worktree may share its packages with another by a link
    preserveSymlinks: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

/** Imports go down only: which room may import which. Checked by `npm run check`. */
const room = (name) => `^electron/${name}/`;

/** What lies below every feature of the window, from the lowest up; chart and form do not know each other. */
const connection = [];
const ui = ['connection'];
const commands = ['ui', ...ui];
const form = ['commands', ...commands];
const chart = form;
const base = ['chart', 'form', ...form];

/** The rooms of the window, each with the other rooms that it may import. */
const rendererRooms = {
  connection,
  ui,
  commands,
  form,
  chart,
  // what a person does; runs/ holds the stored runs and studies that the others read
  settings: base,
  help: base,
  analyses: base,
  runs: base,
  data: [...base, 'runs'],
  claims: [...base, 'runs'],
  figures: [...base, 'runs', 'analyses'],
  'over-settings': [...base, 'runs', 'figures'],
  compare: [...base, 'runs', 'figures', 'over-settings'],
  run: [...base, 'runs', 'figures', 'analyses'],
  experiment: [...base, 'runs', 'settings'],
  studies: [...base, 'runs', 'figures', 'experiment', 'over-settings'],
};
const anyRoom = [...Object.keys(rendererRooms), 'app'].join('|');

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
    ...Object.entries(rendererRooms).map(([name, below]) => ({
      name: `renderer-${name}-imports-down`,
      comment: `renderer/${name}/ may import ${below.length > 0 ? below.join(', ') : 'no other room of the window'}`,
      severity: 'error',
      from: { path: `^renderer/${name}/` },
      to: { path: '^renderer/', pathNot: `^renderer/(${[name, ...below].join('|')})/` },
    })),
    {
      name: 'renderer-rooms-are-known',
      comment: 'a new room of the window gets its line in rendererRooms: who it may import',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^renderer/[^/]+/', pathNot: `^renderer/(${anyRoom})/` },
    },
    {
      name: 'views-are-opened-by-the-app',
      comment: 'a page is a route of renderer/app/router.ts; what two pages share is a component beside them',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/app/' },
      to: { path: '^renderer/(?!ui/|analyses/)[^/]+/\\w+View\\.vue$' },
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

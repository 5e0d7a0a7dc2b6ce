/**
 * Starts a script of this folder: `node build/node.mjs NAME …`. The scripts are TypeScript, which the Node that `npm ci` brings
 * runs as it is; an older one (npm run with its install scripts switched off) gets a sentence instead of a stack.
 */
const [name, ...rest] = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `valleywalk: this is Node ${process.versions.node}, and 22.18 or newer is needed. "npm ci" brings its own Node; if it ran with --ignore-scripts, run "npm rebuild node".`,
  );
  process.exit(1);
}
process.argv = [process.argv[0], name, ...rest];
await import(`./${name}.ts`);

/** Takes a half of a thing out of a source text, found by its name. */
import ts from 'typescript';

/** What is taken out of a file: a property of an object, an element of a list, or a whole import or export of another file. */
export type Cut =
  /** The property of this name in what the variable, function or method of a name holds, at any depth, the first from above. */
  | { of: string; property: string }
  /** The element of this text in the list that the variable holds. */
  | { of: string; element: string }
  /** The case of this value in a function's switch. */
  | { of: string; case: string }
  /** Every import and export from this module. */
  | { from: string };

/** What a cut takes out, for messages. */
export function cutText(cut: Cut): string {
  if ('property' in cut) return `${cut.property} of ${cut.of}`;
  if ('element' in cut) return `${cut.element} in ${cut.of}`;
  if ('case' in cut) return `case '${cut.case}' of ${cut.of}`;
  return `import from ${cut.from}`;
}

/**
 * The text of a file without a half.
 * @throws Error when it is not there: the table of halves is to follow the code
 */
export function withoutHalf(file: string, text: string, cuts: readonly Cut[]): string {
  return cuts.reduce((left, cut) => {
    const source = ts.createSourceFile(file, left, ts.ScriptTarget.Latest, true);
    const found = 'from' in cut ? fromModule(source, cut.from) : inDeclaration(source, cut);
    if (found.length === 0) throw new Error(`${file} has no ${cutText(cut)}; correct build/halves/table.ts`);
    return found.reduceRight((rest, node) => rest.slice(0, node.getFullStart()) + rest.slice(endOf(rest, node)), left);
  }, text);
}

/** The end of a node, with the comma after it. */
function endOf(text: string, node: ts.Node): number {
  const comma = /^\s*,/.exec(text.slice(node.end));
  return node.end + (comma && !ts.isStatement(node) ? comma[0].length : 0);
}

function fromModule(source: ts.SourceFile, module: string): ts.Node[] {
  return source.statements.filter(
    (statement) =>
      (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
      statement.moduleSpecifier !== undefined &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text === module,
  );
}

function inDeclaration(source: ts.SourceFile, cut: Exclude<Cut, { from: string }>): ts.Node[] {
  const declared = first(
    source,
    (node) =>
      (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) &&
      node.name?.getText() === cut.of,
  );
  const found =
    declared &&
    first(declared, (node) => {
      if ('property' in cut)
        return (
          ts.isObjectLiteralElementLike(node) &&
          node.name !== undefined &&
          node.name.getText().replace(/^'|'$/g, '') === cut.property
        );
      if ('element' in cut) return ts.isArrayLiteralExpression(node.parent) && node.getText() === cut.element;
      return ts.isCaseClause(node) && node.expression.getText() === `'${cut.case}'`;
    });
  return found ? [found] : [];
}

/** The first node below another that fits: of several, the one nearest to it. */
function first(from: ts.Node, fits: (node: ts.Node) => boolean): ts.Node | null {
  let level: ts.Node[] = [from];
  while (level.length > 0) {
    const below: ts.Node[] = [];
    for (const node of level) ts.forEachChild(node, (child) => void below.push(child));
    const found = below.find(fits);
    if (found) return found;
    level = below;
  }
  return null;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A string of a source file; each `${...}` of a template is replaced by `…`. */
export interface SourceText {
  readonly place: string;
  readonly text: string;
}

/** The strings of one file, without those of imports and types. */
export function textsOf(file: string, source: string): readonly SourceText[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const texts: SourceText[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    const place = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      texts.push({ place, text: node.text });
    } else if (ts.isTemplateExpression(node)) {
      const rest = node.templateSpans.map(({ literal }) => `…${literal.text}`);
      texts.push({ place, text: node.head.text + rest.join('') });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return texts;
}

/** The sources of the library. */
const libraryFiles = (): readonly string[] =>
  readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => join('lib', name));

/** The strings of the library, in the order of its files. */
export const libraryTexts = (): readonly SourceText[] =>
  libraryFiles().flatMap((file) => textsOf(file, readFileSync(file, 'utf8')));

/** The names of the elements that libvirt's reader reads. */
export function elementsRead(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of libraryFiles().filter((name) => name.startsWith(join('lib', 'libvirt')))) {
    const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const [name] = node.arguments;
        const isReader = ['all', 'child', 'path'].includes(node.expression.name.text);
        if (isReader && name && ts.isStringLiteral(name)) names.add(name.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return names;
}

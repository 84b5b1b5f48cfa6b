/** Blanks of XML; JavaScript's `\s` accepts more. */
const blank = '[ \\t\\n\\r]';
const name = '[A-Za-z_][-.\\w]*(?::[A-Za-z_][-.\\w]*)?';
const attribute = `${blank}+${name}=(?:"[^"<]*"|'[^'<]*')`;

const nameOfTag = new RegExp(name, 'y');
const endTag = new RegExp(`</${name}${blank}*>`, 'y');

/** With at most 40 attributes: more would need a deep stack to match. */
const startTag = new RegExp(`<${name}(?:${attribute}){0,40}${blank}*/?>`, 'y');

/** A reference other than those to the five characters of XML. */
const oddReference = /&(?!(?:lt|gt|amp|apos|quot);)/;

/**
 * Whether a document is plainly well-formed: tags with ASCII names that nest, quoted attributes, texts,
 * comments; what libvirt prints and managers write. One pass of a regular expression
 * finds that out; a document with anything else has to be looked at by `checkMarkup`, by fast-xml-parser's
 * validator and by `findOutside`, each of which reads the whole text again.
 *
 * Not looked for: characters that XML forbids, and an attribute that a tag has twice.
 *
 * @param text without a byte order mark
 * @param maximumNesting how deep elements may nest
 * @returns true only if those three have nothing to report
 */
export function isPlainlyWellFormed(text: string, maximumNesting: number): boolean {
  if (text.includes('&') && oddReference.test(text)) return false;
  const open: string[] = [];
  let hasRoot = false;
  let reached = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', reached)) {
    if (open.length === 0 && !isBlank(text, reached, at)) return false;
    if (text.startsWith('<!--', at)) {
      const dashes = text.indexOf('--', at + 4);
      if (dashes < 0 || text[dashes + 2] !== '>') return false;
      reached = dashes + 3;
      continue;
    }
    const isEnd = text.startsWith('</', at);
    const end = endOf(isEnd ? endTag : startTag, text, at);
    if (end === 0) return false;
    const start = at + (isEnd ? 2 : 1);
    const tagName = text.slice(start, endOf(nameOfTag, text, start));
    if (isEnd) {
      if (open.pop() !== tagName) return false;
    } else {
      if (open.length === 0 && hasRoot) return false;
      hasRoot = true;
      if (text[end - 2] !== '/') open.push(tagName);
      if (open.length > maximumNesting) return false;
    }
    reached = end;
  }
  return hasRoot && open.length === 0 && isBlank(text, reached, text.length);
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!' \t\n\r'.includes(text.charAt(i))) return false;
  return true;
}

/** Where a match that begins at `start` ends; 0 if there is none. No match is made of it: that would take most of the time. */
function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  pattern.test(text);
  return pattern.lastIndex;
}

/** Blanks of XML; JavaScript's `\s` accepts more. */
const blank = '[ \\t\\n\\r]';
const name = '[A-Za-z_][-.\\w]*(?::[A-Za-z_][-.\\w]*)?';
const attribute = `${blank}+${name}=(?:"[^"<]*"|'[^'<]*')`;

/** An end tag (1: its name), or a start tag (2: its name, 3: the slash of an empty element) with at most 40 attributes: more would need a deep stack to match. */
const tag = new RegExp(`<(?:/(${name})${blank}*|(${name})(?:${attribute}){0,40}${blank}*(/?))>`, 'y');

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
    tag.lastIndex = at;
    const match = tag.exec(text);
    if (!match) return false;
    const opened = match[2];
    if (opened === undefined) {
      if (open.pop() !== match[1]) return false;
    } else {
      if (open.length === 0 && hasRoot) return false;
      hasRoot = true;
      if (match[3] === '') open.push(opened);
      if (open.length > maximumNesting) return false;
    }
    reached = tag.lastIndex;
  }
  return hasRoot && open.length === 0 && isBlank(text, reached, text.length);
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!' \t\n\r'.includes(text.charAt(i))) return false;
  return true;
}

import type { XmlRewriter } from './xml-rewriter.js';
import { findAdapted, isOurs } from './metadata.js';

/** Restores what an earlier run preserved, and removes it from <metadata>. */
export function restore(rewriter: XmlRewriter, source: string): void {
  const adapted = findAdapted(rewriter.root);
  if (!adapted) return;
  for (const piece of adapted.children) {
    const path = isOurs(piece, 'channels') ? 'devices' : (piece.peek('parent') ?? '');
    const parent = path === 'domain' ? rewriter.root : rewriter.at(path);
    if (!parent) {
      const message = `values were preserved of '${path}', which no longer exists`;
      rewriter.report.add('preserved-conflict', message, piece.tagSpan);
      continue;
    }
    const [name, value] = [piece.peek('name'), piece.peek('value')];
    if (isOurs(piece, 'attribute') && name !== undefined && value !== undefined) {
      rewriter.editor.setAttribute(parent, name, value);
      continue;
    }
    for (const { span } of piece.children) rewriter.editor.append(parent, source.slice(span.start, span.end));
  }
  const metadata = adapted.parent;
  const isAlone = metadata && source.slice(metadata.tagSpan.end, adapted.span.start).trim() === '';
  const rest = metadata ? source.slice(adapted.span.end, metadata.span.end) : '';
  rewriter.editor.remove(metadata && isAlone && /^\s*<\/metadata\s*>$/.test(rest) ? metadata : adapted);
}

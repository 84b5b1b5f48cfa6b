import { escapeControls } from '../../text/controls.js';
import type { ChannelPath, PathPart } from './channel-path.js';

/** Draws the paths of channels for a terminal, each from the program down to the device in the guest. */
export function drawPaths(paths: readonly ChannelPath[]): string {
  return paths.map((path) => `${drawPath(path).join('\n')}\n`).join('\n');
}

function drawPath({ title, name, parts }: ChannelPath): readonly string[] {
  const places = parts.map(({ place }, index) => (parts[index - 1]?.place === place ? '' : place));
  const [placeWidth, titleWidth] = [widest(places), widest(parts.map((part) => part.title))];
  const lines = [`${title}: ${escapeControls(name)}`, ''];
  for (const [index, part] of parts.entries()) {
    const [first = '', ...others] = textsOf(part);
    const row = (place: string, what: string, text: string): string =>
      `  ${place.padEnd(placeWidth)}  ${what.padEnd(titleWidth)}  ${text}`.trimEnd();
    const isLast = index === parts.length - 1;
    lines.push(row(places[index] ?? '', part.title, first));
    const below = isLast || others.length > 0 ? others : [''];
    for (const text of below) lines.push(row('', isLast ? '' : '   |', text));
  }
  return lines;
}

const textsOf = ({ state, details, directory }: PathPart): readonly string[] =>
  [
    ...(state ? [`[${state.text}]`] : []),
    ...details,
    ...(directory === undefined ? [] : [`xenstore ${directory}`]),
  ].map(escapeControls);

const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, text.length), 0);

import type { ChannelPath, PathPart } from '../../lib/realize/diagram/channel-path.js';
import { byId, element } from './dom.js';
import { layOut, type Box } from './layout.js';

/** The channels, each drawn as a row or column of parts; a part that is chosen shows its xenstore nodes. */
export function createDiagrams(): (paths: readonly ChannelPath[], notDrawn: readonly string[]) => void {
  const section = byId('channels', HTMLElement);
  const place = byId('channel-list', HTMLElement);
  let drawn: readonly ChannelPath[] = [];
  let width = 0;

  const draw = (): void => {
    width = place.clientWidth;
    const before = [...place.querySelectorAll('.part')];
    const chosen = before.map(isChosen);
    const focused = before.findIndex((part) => part === document.activeElement);
    place.replaceChildren(...drawn.map((path) => drawChannel(path, width)));
    for (const [index, part] of [...place.querySelectorAll<SVGElement>('.part')].entries()) {
      if (chosen[index]) part.dispatchEvent(new MouseEvent('click'));
      if (index === focused) part.focus();
    }
  };
  new ResizeObserver(() => {
    if (place.clientWidth !== width && drawn.length > 0) draw();
  }).observe(place);

  return (paths, notDrawn) => {
    section.hidden = paths.length === 0 && notDrawn.length === 0;
    byId('channels-problem', HTMLElement).textContent = notDrawn.join('\n');
    // Drawing again would close what is open.
    if (JSON.stringify(paths) === JSON.stringify(drawn)) return;
    drawn = paths;
    place.replaceChildren();
    draw();
  };
}

const isChosen = (part: Element): boolean => part.getAttribute('aria-pressed') === 'true';

function drawChannel(path: ChannelPath, width: number): HTMLElement {
  const { title, name, parts } = path;
  const details = element('div', { class: 'part-details', 'aria-live': 'polite' });
  const { boxes, height } = layOut(parts, width);
  const svg = svgElement('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width: String(width),
    height: String(height),
    role: 'group',
    'aria-label': `Path of ${title}: ${name}`,
  });
  for (const [index, box] of boxes.entries()) {
    const part = parts[index];
    const next = boxes[index + 1];
    if (next) svg.append(lineBetween(box, next));
    if (part) svg.append(drawPart(part, box, details, svg));
  }
  return element('article', {}, element('h3', {}, `${title}: ${name}`), svg, details);
}

function drawPart(part: PathPart, box: Box, details: HTMLElement, svg: SVGElement): SVGElement {
  const { title, place, kind, details: texts } = part;
  const group = svgElement('g', {
    role: 'button',
    tabindex: '0',
    'aria-pressed': 'false',
    class: `part ${kind}`,
  });
  const { x, y, width, height } = box;
  const edge = { x: String(x), y: String(y), width: String(width), height: String(height), rx: '6' };
  group.append(svgElement('rect', edge));
  for (const [index, line] of [title, place, texts[0] ?? ''].entries()) {
    const text = svgElement('text', {
      x: String(x + 10),
      y: String(y + 20 + index * 18),
      class: ['part-title', 'part-place', 'part-text'][index] ?? '',
    });
    // The texts are also the name of the button: the space separates them.
    text.textContent = `${shortened(line, width)} `;
    group.append(text);
  }
  const choose = (): void => {
    const wasChosen = isChosen(group);
    for (const other of svg.querySelectorAll('.part')) other.setAttribute('aria-pressed', 'false');
    group.setAttribute('aria-pressed', String(!wasChosen));
    details.replaceChildren(...(wasChosen ? [] : describe(part)));
  };
  group.addEventListener('click', choose);
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose();
  });
  return group;
}

function describe({ title, details, directory, nodes }: PathPart): readonly HTMLElement[] {
  const list = element('ul', {}, ...details.map((text) => element('li', {}, text)));
  const heading = element('h4', {}, title);
  if (nodes.length === 0) return [heading, list];
  const rows = nodes.map(({ path, value, permissions }) =>
    element('tr', {}, ...[path, value, permissions].map((text) => element('td', {}, text))),
  );
  const headings = ['Node', 'Value', 'Permissions'].map((text) => element('th', { scope: 'col' }, text));
  const table = element(
    'table',
    {},
    element('caption', {}, `xenstore nodes${directory === undefined ? '' : ` of ${directory}`}`),
    element('thead', {}, element('tr', {}, ...headings)),
    element('tbody', {}, ...rows),
  );
  const scrolled = element('div', { class: 'scrolled', tabindex: '0', role: 'region' }, table);
  scrolled.setAttribute('aria-label', `xenstore nodes of the ${title}`);
  return [heading, list, scrolled];
}

function lineBetween(from: Box, to: Box): SVGElement {
  const isRow = from.y === to.y;
  const [x1, y1] = isRow
    ? [from.x + from.width, middle(from.y, from.height)]
    : [from.x + 24, from.y + from.height];
  const [x2, y2] = isRow ? [to.x, y1] : [x1, to.y];
  const ends = { x1: String(x1), y1: String(y1), x2: String(x2), y2: String(y2) };
  return svgElement('line', { ...ends, class: 'wire' });
}

const middle = (start: number, length: number): number => start + length / 2;

/** The letters are about 7.3 units wide; the whole text is in the label and in the details. */
function shortened(text: string, width: number): string {
  const letters = Math.max(Math.floor((width - 20) / 7.3), 4);
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

function svgElement<Tag extends 'svg' | 'g' | 'rect' | 'text' | 'line'>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Tag] {
  const created = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
}

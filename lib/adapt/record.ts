import { escapeAttribute, escapeText } from '../libvirt/xml/characters.js';
import type { Change, XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { Locations } from './location.js';

/*
 * What --keep stores of each change, as elements of <v2x:adapted>:
 *
 *   <v2x:attribute at='devices/disk[xvda]/target' name='dev' from='vda' to='xvda'/>
 *   <v2x:text at='os/type' from='hvm' to='xenpvh'/>
 *   <v2x:element parent='devices' place='2'>...</v2x:element>    the second of its kind has been removed
 *   <v2x:added parent='os'>&lt;boot dev='hd'/&gt;</v2x:added>
 *
 * Locations are those in the adapted document. `from` or `to` is absent if the attribute is. `left` is the number of
 * elements of the same kind that are left in the parent of a removed one; with more, another has taken its place.
 */

/**
 * The records of the changes of an editor, which must be all.
 * @param setAside the removed channels that the hook creates
 * @param keep whether all changes are recorded; otherwise those channels only
 */
export function recordsOf(
  root: XmlElement,
  editor: XmlEditor,
  setAside: ReadonlySet<XmlElement>,
  keep: boolean,
): readonly string[] {
  const locations = new Locations(root, editor);
  const isSetAside = (change: Change): boolean => change.kind === 'removed' && setAside.has(change.element);
  return [
    ...[...setAside].map((channel) => {
      const place = value(
        'place',
        String(locations.kind(channel.parent ?? root, channel.name).places.get(channel)),
      );
      return `<v2x:channels${place}>${channel.source}</v2x:channels>`;
    }),
    ...(keep ? editor.changes : [])
      .filter((change) => !isSetAside(change))
      .map((change) => recordOf(change, locations)),
  ];
}

function recordOf(change: Change, locations: Locations): string {
  const at = (element: XmlElement): string => escapeAttribute(locations.of(element));
  switch (change.kind) {
    case 'attribute': {
      const { name, from, to } = change;
      return `<v2x:attribute at='${at(change.element)}' name='${name}'${value('from', from)}${value('to', to)}/>`;
    }
    case 'text':
      return `<v2x:text at='${at(change.element)}'${value('from', change.from)}${value('to', change.to)}/>`;
    case 'added':
      // As text: its prefix may be declared elsewhere.
      return `<v2x:added parent='${at(change.parent)}'>${escapeText(change.xml)}</v2x:added>`;
    case 'removed': {
      const { parent, name, source } = change.element;
      if (!parent) return '';
      const { places, left } = locations.kind(parent, name);
      const place = value('place', String(places.get(change.element) ?? 1));
      const rest = left.length === 0 ? '' : value('left', String(left.length));
      return `<v2x:element parent='${at(parent)}'${place}${rest}>${source}</v2x:element>`;
    }
  }
}

const value = (name: string, text: string | undefined): string =>
  text === undefined ? '' : ` ${name}='${escapeAttribute(text)}'`;

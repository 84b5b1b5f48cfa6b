import { libvirtVersions, xenVersions } from '../../lib/document/options.js';
import { transportOptions } from '../../lib/document/transport.js';
import { architectures, defaultArchitecture } from '../../lib/model/architecture.js';
import type { ControlName, ControlProblem, Controls, Work } from '../exchange.js';
import { byId, element } from './dom.js';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** The controls, each with the ID of its name. What to do is a pair of radio buttons. */
const kinds = {
  xen: HTMLSelectElement,
  libvirt: HTMLSelectElement,
  arch: HTMLSelectElement,
  profile: HTMLSelectElement,
  channelSyntax: HTMLSelectElement,
  transport: HTMLSelectElement,
  sparePorts: HTMLInputElement,
  guest: HTMLSelectElement,
  hypervisor: HTMLSelectElement,
  keep: HTMLSelectElement,
  strict: HTMLInputElement,
  networks: HTMLTextAreaElement,
  userBridge: HTMLInputElement,
  pools: HTMLTextAreaElement,
  drop: HTMLTextAreaElement,
  domid: HTMLInputElement,
} as const satisfies Partial<Record<ControlName, new () => Control>>;
type Name = keyof typeof kinds;

export interface Options {
  readonly controls: () => Controls;
  readonly addDrop: (selector: string) => void;
  /** Marks the controls whose values are invalid, and unmarks the others. */
  readonly report: (problems: readonly ControlProblem[]) => void;
}

export function createOptions(changed: () => void): Options {
  const control = (name: Name): Control => byId<Control>(name, kinds[name]);
  const adaptRadio = byId('work-adapt', HTMLInputElement);
  const work = (): Work => (adaptRadio.checked ? 'adapt' : 'convert');
  fill('xen', xenVersions.toReversed());
  fill('libvirt', libvirtVersions.toReversed());
  fill(
    'arch',
    architectures.filter((one) => one !== defaultArchitecture),
  );
  fill(
    'transport',
    transportOptions.filter((one) => one !== 'auto'),
  );

  // Only what the chosen work has.
  const update = (): void => {
    document.body.dataset['work'] = work();
    changed();
  };
  for (const name of Object.keys(kinds) as Name[]) control(name).addEventListener('input', update);
  for (const id of ['work-convert', 'work-adapt'])
    byId(id, HTMLInputElement).addEventListener('change', update);
  document.body.dataset['work'] = work();

  return {
    controls: () => ({
      work: work(),
      xen: control('xen').value,
      libvirt: control('libvirt').value,
      arch: control('arch').value,
      profile: control('profile').value,
      channelSyntax: control('channelSyntax').value,
      transport: control('transport').value,
      sparePorts: control('sparePorts').value,
      guest: control('guest').value,
      hypervisor: control('hypervisor').value,
      keep: control('keep').value,
      strict: byId('strict', HTMLInputElement).checked,
      networks: control('networks').value,
      userBridge: control('userBridge').value,
      pools: control('pools').value,
      drop: control('drop').value,
      domid: control('domid').value,
    }),
    addDrop: (selector) => {
      const drop = control('drop');
      drop.value = [...drop.value.split('\n').filter((line) => line.trim() !== ''), selector].join('\n');
      byId('options', HTMLDetailsElement).open = true;
      update();
    },
    report: (problems) => {
      for (const name of Object.keys(kinds) as Name[]) {
        const problem = problems.find((one) => one.control === name);
        control(name).setAttribute('aria-invalid', String(problem !== undefined));
        const place = document.getElementById(`${name}-problem`);
        if (place) place.textContent = problem?.message ?? '';
      }
      if (problems.length > 0) byId('options', HTMLDetailsElement).open = true;
    },
  };
}

/** Adds the choices of the library to that of the page, its default. */
function fill(name: Name, values: readonly string[]): void {
  byId(name, HTMLSelectElement).append(...values.map((value) => element('option', { value }, value)));
}

import type { AdaptOptions } from '../../lib/adapt/adapt.js';
import type { ConvertOptions } from '../../lib/convert.js';
import { parseDropSelector } from '../../lib/document/drop.js';
import { addNetwork, addPool, type Pairs } from '../../lib/document/host-options.js';
import { libvirtVersions, profiles, xenVersions } from '../../lib/document/options.js';
import { parseSparePorts, transportOptions } from '../../lib/document/transport.js';
import { architectures } from '../../lib/model/architecture.js';
import { domId, type DomId } from '../../lib/realize/domid.js';
import type { ControlName, ControlProblem, Controls } from '../exchange.js';

export interface ParsedControls {
  readonly convert: ConvertOptions;
  readonly adapt: AdaptOptions;
  readonly domid: DomId;
}

/** Parses the controls of the page with the rules of the library. */
export function parseControls(
  controls: Controls,
): { readonly parsed: ParsedControls } | { readonly problems: readonly ControlProblem[] } {
  const problems: ControlProblem[] = [];
  const attempt = <Value>(control: ControlName, parse: () => Value): Value | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push({ control, message: error.message });
      return undefined;
    }
  };
  const pairs = (text: string, add: (pairs: Pairs, line: string) => Pairs): Pairs =>
    linesOf(text).reduce(add, {});

  const networks = attempt('networks', () => pairs(controls.networks, addNetwork));
  const pools = attempt('pools', () => pairs(controls.pools, addPool));
  const drop = attempt('drop', () => {
    const selectors = linesOf(controls.drop);
    for (const selector of selectors) parseDropSelector(selector);
    return selectors;
  });
  const sparePorts = attempt('sparePorts', () => optional(controls.sparePorts, parseSparePorts));
  const domid = attempt('domid', () => domId(controls.domid.trim() === '' ? NaN : Number(controls.domid)));
  if (problems.length > 0 || domid === undefined) return { problems };

  const common = {
    networks,
    pools,
    drop,
    userBridge: optional(controls.userBridge, (text) => text),
    strict: controls.strict,
    libvirt: oneOf(libvirtVersions, controls.libvirt),
    transport: oneOf(transportOptions, controls.transport),
    sparePorts,
  };
  const keep = oneOf(['yes', 'no'], controls.keep);
  return {
    parsed: {
      domid,
      convert: {
        ...common,
        xen: oneOf(xenVersions, controls.xen),
        arch: oneOf(architectures, controls.arch),
        profile: oneOf(profiles, controls.profile),
        channelSyntax: oneOf(['2014'], controls.channelSyntax),
        keep: keep && keep === 'yes',
      },
      adapt: {
        ...common,
        to: oneOf(['xen', 'kvm'], controls.hypervisor),
        guest: oneOf(['hvm', 'pvh', 'pv'], controls.guest),
        keep: keep === 'yes',
      },
    },
  };
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const optional = <Value>(text: string, parse: (text: string) => Value): Value | undefined =>
  text.trim() === '' ? undefined : parse(text.trim());

/** An empty choice is the default of the library. */
const oneOf = <Word extends string>(words: readonly Word[], text: string): Word | undefined =>
  words.find((word) => word === text);

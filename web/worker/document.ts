import { adapt, type Edit } from '../../lib/adapt/adapt.js';
import { convert } from '../../lib/convert.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { isPort } from '../../lib/model/channel.js';
import { pathOfPort, pathsOfPlan } from '../../lib/realize/diagram/plan.js';
import { readChannelDocument } from '../../lib/realize/document.js';
import { domId } from '../../lib/realize/domid.js';
import { plan } from '../../lib/realize/plan.js';
import { servedByQemu } from '../../lib/realize/served-by.js';
import type { Change, NamedText, Outcome, Result, SummaryRow, Work } from '../exchange.js';
import type { ParsedControls } from './controls.js';
import { countsOf, findingsOf } from './findings.js';

/** Converts or adapts a document, and plans its channels. */
export function workOn(text: string, work: Work, controls: ParsedControls): Result {
  const { diagnostics, source, ...done } =
    work === 'convert' ? convertOne(text, controls) : adaptOne(text, controls);
  return {
    work,
    ...done,
    counts: countsOf(diagnostics),
    findings: findingsOf(diagnostics, source),
    ...drawChannels(text, controls),
  };
}

const convertOne = (text: string, controls: ParsedControls) => convert(text, controls.convert);

function adaptOne(text: string, controls: ParsedControls) {
  const { edits, ...rest } = adapt(text, controls.adapt);
  return { ...rest, ...(edits && { changes: changesOf(edits) }) };
}

/** The edits with their places in the result; those that touch are one change. */
export function changesOf(edits: readonly Edit[]): readonly Change[] {
  const changes: Change[] = [];
  let moved = 0;
  for (const { offset, length, content } of edits) {
    const [fromA, toA] = [offset, offset + length];
    const [fromB, toB] = [fromA + moved, fromA + moved + content.length];
    moved += content.length - length;
    const last = changes.at(-1);
    if (last?.toA === fromA) changes.splice(-1, 1, { ...last, toA, toB });
    else changes.push({ fromA, toA, fromB, toB });
  }
  return changes;
}

/** The channels as `plan` attaches them, and the ports that the guest is started with. */
function drawChannels(
  text: string,
  { domid, convert: { transport } }: ParsedControls,
): Pick<Result, 'paths' | 'notDrawn'> {
  const { channels, name = '', diagnostics } = readChannelDocument(text, { transport });
  if (diagnostics.some(({ code, severity }) => severity === 'error' && !code.startsWith('channel-')))
    return { paths: [], notDrawn: [] };
  const report = new Report();
  const planned = plan(
    channels.filter((channel) => !isPort(channel)),
    { domid, name },
    { servedBy: servedByQemu('qemu'), backendDomid: domId(0) },
    report,
  );
  const ports = channels.filter(isPort).flatMap((channel) => pathOfPort(channel) ?? []);
  return {
    paths: [...pathsOfPlan(planned), ...ports],
    notDrawn: report.diagnostics.map(({ message }) => message),
  };
}

/** One row for each document: whether it converts, and what it loses. */
export function summarize(
  files: readonly NamedText[],
  work: Work,
  controls: ParsedControls,
): readonly SummaryRow[] {
  return files.map(({ name, text }) => {
    const { output, diagnostics } =
      work === 'convert' ? convert(text, controls.convert) : adapt(text, controls.adapt);
    const counts = countsOf(diagnostics);
    const converted: Outcome = counts.warning > 0 ? 'converts with losses' : 'converts';
    return { name, outcome: output === undefined ? 'rejected' : converted, counts };
  });
}

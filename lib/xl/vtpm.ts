import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Vtpm } from '../model/domain.js';
import { parseUuid } from '../model/uuid.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlDescriptor } from './descriptor.js';
import type { XlOutput } from './output.js';
import { parameterOf, setParameter, splitAtCommas, type Parameter } from './parameters.js';

export const vtpms: XlDescriptor<'vtpms'> = {
  field: 'vtpms',
  keys: { vtpm: 'metadata' },
  read: ({ xl, report }) => {
    const found = (xl.list('vtpm') ?? []).flatMap((atom) => readVtpm(atom, report) ?? []);
    return found.length > 0 ? found : undefined;
  },
  write: (value, { out, report }) => writeVtpms(value, out, report),
};

/** Reads `backend=DOMAIN,uuid=UUID` (xl.cfg(5)). */
function readVtpm(atom: XlAtom, report: Report): Vtpm | undefined {
  const parameters = parametersOf(atom, report);
  const [backend, uuid] = [parameters?.get('backend'), parameters?.get('uuid')];
  if (parameters && !backend?.value) {
    const message = 'vtpm has no backend domain';
    report.add('value-missing', message, backend?.span ?? atom.span, 'write backend=DOMAIN');
  }
  if (!backend?.value) return undefined;
  return withOrigin<Vtpm>(
    omitUndefined({ backendDomain: backend.value, uuid: uuid?.value.toLowerCase() }),
    atom.span,
  );
}

/**
 * The last of each key; a piece without `=` ends the string (xl_parse.c: parse_config_data).
 * @returns nothing if xl rejects one, which is reported
 */
function parametersOf(atom: XlAtom, report: Report): ReadonlyMap<string, Parameter> | undefined {
  const found = new Map<string, Parameter>();
  for (const piece of splitAtCommas(atom)) {
    const parameter = parameterOf(piece);
    if (!parameter) {
      report.add(
        'xl-ignored',
        `vtpm: xl ignores '${piece.text}' and what follows: it has no '='`,
        piece.span,
      );
      break;
    }
    const { key, value, span } = parameter;
    if (key !== 'backend' && key !== 'uuid') {
      report.add('value-invalid', `vtpm: xl rejects '${piece.text}'`, span, 'use backend= or uuid=');
      return undefined;
    }
    // libuuid requires the hyphens (libxl_uuid.c: libxl_uuid_from_string).
    if (key === 'uuid' && parseUuid(value) !== value.toLowerCase()) {
      report.add('value-invalid', `vtpm: '${value}' is not a UUID`, span);
      return undefined;
    }
    setParameter(found, parameter, report);
  }
  return found;
}

function writeVtpms(vtpms: readonly Vtpm[], out: XlOutput, report: Report): void {
  for (const vtpm of vtpms) {
    const { backendDomain, uuid } = vtpm;
    if (backendDomain.includes(',')) {
      const message = `the backend domain '${backendDomain}' of a vTPM contains a comma, which xl.cfg cannot escape`;
      report.add('xl-unrepresentable', message, originOf(vtpm));
      continue;
    }
    const parts = [`backend=${backendDomain}`, ...(uuid === undefined ? [] : [`uuid=${uuid}`])];
    out.append('vtpm', parts.join(','), originOf(vtpm));
  }
}

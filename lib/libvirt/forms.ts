import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import type { Domain } from '../model/domain.js';

/** A text of a domain, and the form that libvirt's schema wants it to have. */
interface Formed {
  readonly what: string;
  readonly text: string | undefined;
  readonly form: Form;
  readonly place: Span | undefined;
}

interface Form {
  readonly pattern: RegExp;
  readonly description: string;
}

/** The schema's definitions of these names (basictypes.rng, domaincommon.rng). */
const absFilePath: Form = { pattern: /^\/[^\n\r]+$/, description: 'an absolute path' };
const filePath: Form = { pattern: /^[^\n\r]+$/, description: 'one line' };
const deviceName: Form = {
  pattern: /^[a-zA-Z0-9_.\-\\:/]+$/,
  description: 'letters, digits and _ . - : / \\ alone',
};
const modelName: Form = { pattern: /^[a-zA-Z0-9\-_]+$/, description: 'letters, digits, - and _ alone' };
const addrIPorName: Form = {
  pattern: /^(?:[a-zA-Z0-9.-]+|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?=.*::)[0-9a-fA-F:.]+)$/,
  description: 'an IP address or a host name',
};

/**
 * Reports what libvirt's schema has another form for. libvirt itself looks at the schema only if it
 * is asked to (`virsh define --validate`), so that the domain can be defined all the same.
 */
export function reportForms(domain: Domain, report: Report): void {
  for (const { what, text, form, place } of formedTexts(domain)) {
    if (text === undefined || form.pattern.test(text)) continue;
    const message = `libvirt's schema wants ${form.description} as ${what}, not '${text}'`;
    report.add('schema-violation', message, place);
  }
}

function formedTexts(domain: Domain): readonly Formed[] {
  const { os } = domain;
  return [
    { what: 'the emulator', text: domain.emulator, form: absFilePath, place: originOf(domain, 'emulator') },
    { what: 'the kernel', text: os.kernel, form: absFilePath, place: originOf<typeof os>(os, 'kernel') },
    { what: 'the initrd', text: os.initrd, form: absFilePath, place: originOf<typeof os>(os, 'initrd') },
    ...(os.type === 'hvm'
      ? [
          { what: 'the firmware', text: os.firmware?.path, form: absFilePath, place: originOf(os) },
          { what: 'the file of ACPI tables', text: os.acpiTables, form: absFilePath, place: originOf(os) },
        ]
      : []),
    ...domain.disks.flatMap((disk): readonly Formed[] => {
      const [{ source }, place] = [disk, originOf(disk, 'source')];
      if (source?.kind !== 'rbd')
        return [{ what: 'the path of a disk', text: source?.path, form: filePath, place }];
      return source.monitors.map(({ host }) => ({
        what: 'a monitor',
        text: host,
        form: addrIPorName,
        place,
      }));
    }),
    ...domain.interfaces.flatMap((nic): readonly Formed[] => {
      const [{ source }, place] = [nic, originOf(nic)];
      return [
        { what: 'the model of an interface', text: nic.model, form: modelName, place },
        { what: 'the script of an interface', text: nic.script, form: filePath, place },
        { what: "an interface's name in the host", text: nic.device, form: deviceName, place },
        { what: 'a bridge', text: 'bridge' in source ? source.bridge : undefined, form: deviceName, place },
      ];
    }),
    ...domain.graphics.flatMap((screen): readonly Formed[] =>
      screen.kind === 'sdl'
        ? []
        : [{ what: 'the address', text: screen.listen, form: addrIPorName, place: originOf(screen) }],
    ),
  ];
}

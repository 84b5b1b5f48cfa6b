/** The result of libvirt's Xen driver for domains, up to the call of libxl. */
import type { Dom0 } from './dom0.js';
import { startLibvirt } from './libvirt.js';

const folder = '/run/lab/domains';
const [begin, end] = ['the next domain', 'the end of its start'];

/** The text that virsh's `echo --err` prints. */
const printed = (text: string): string => `error: ${text}\n`;

/** The error of the driver if only libxl failed (libxl_domain.c: libxlDomainStart). */
const handedOver = "libxenlight failed to create new domain 'g'";

/**
 * Defines and starts domains named `g`, and destroys those that start. HVM guests have no firmware: libxl detects that
 * immediately, whereas a start takes seconds.
 * @returns for each domain `accepted` if the driver called libxl, otherwise its error message
 */
export async function judgeByDriver(dom0: Dom0, documents: readonly string[]): Promise<readonly string[]> {
  await dom0.run(['mkdir', '-p', folder]);
  // In one run of virsh, because each takes long.
  const unpack = `JSON.parse(fs.readFileSync(0)).forEach((text, i) => fs.writeFileSync('${folder}/' + i + '.xml', text))`;
  await dom0.run(['node', '-e', unpack], { input: JSON.stringify(documents) });
  await startLibvirt(dom0);
  const commands = documents.map(
    (_, i) =>
      `echo --err ${begin}\ndefine ${folder}/${i}.xml\nstart g\necho --err ${end}\ndestroy g\nundefine g\n`,
  );
  await dom0.run('mount --bind /dev/null /usr/lib/xen-*/boot/hvmloader');
  const judged = await dom0
    .attempt(['virsh', '-q', '-c', 'xen:///system'], { input: commands.join(''), limitMs: 15 * 60_000 })
    .finally(() => dom0.run('umount /usr/lib/xen-*/boot/hvmloader'));
  const [, ...said] = judged.stderr.split(printed(begin));
  return said.map((text) => {
    const [verdict = ''] = text.split(printed(end));
    const isAccepted = verdict === '' || verdict.includes(handedOver);
    return isAccepted ? 'accepted' : verdict.trim().replaceAll(/\s+/g, ' ');
  });
}

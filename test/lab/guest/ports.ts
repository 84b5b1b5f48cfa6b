/** virtio-serial ports in a guest, after `load_virtio`. */
import type { Guest } from './guest.js';

/** The device of a port in the guest, as soon as it exists. */
export const portDevice = (guest: Guest, name: string): Promise<string> =>
  guest.run(
    `until grep -lx '${name}' /sys/class/virtio-ports/*/name 2>/dev/null | ` +
      `sed 's|.*/\\(vport[^/]*\\)/name|/dev/\\1|' | grep .; do sleep 0.2; done`,
  );

/** Opens a port in the guest, and answers each line until the port is closed, or the process in /tmp/echo is killed. */
export const echoOnPort = (guest: Guest, device: string): Promise<string> =>
  guest.run(
    `(exec 8<>${device}; while true; do read -r line <&8 && echo "echo:$line" >&8 || sleep 0.2; ` +
      `[ -e ${device} ] || exit; done) >/dev/null 2>&1 </dev/null & echo $! >/tmp/echo`,
  );

/** Starts QEMU's guest agent on a port. */
export const agentOnPort = (guest: Guest, device: string): Promise<string> =>
  guest.run(`qemu-ga -m virtio-serial -p ${device} -t /run >/dev/null 2>&1 </dev/null &`);

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('in-tree.sh', import.meta.url));

/**
 * Runs a script in a tree, or with its root as $ROOT.
 * @param where `inside`: as in a machine with this tree as its root
 * @throws with the output if it fails
 */
export function runIn(tree: string, packages: string, where: 'inside' | 'beside', text: string): string {
  const words = ['--mount', '--pid', '--net', '--fork', '--kill-child', 'sh', script, tree, packages];
  const commands = where === 'inside' ? `exec chroot "$ROOT" sh -euc ${quote(text)}` : text;
  const { status, stdout, stderr } = spawnSync('unshare', [...words, commands], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`exit status ${status}\n${stdout}${stderr}`);
  return stdout;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

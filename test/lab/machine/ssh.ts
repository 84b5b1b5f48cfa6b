/**
 * dom0 is controlled over ssh, which has all that is needed: concurrent commands with input, outputs and exit statuses,
 * and a terminal.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sshConfigOf } from './directory.js';

export interface SshFiles {
  /** For `ssh -F`; the host is named `dom0`. */
  readonly config: string;
  /** The folder to be copied to dom0. */
  readonly server: string;
}

/** Writes new keys and the configuration of both ends. */
export function makeSsh(directory: string, port: number): SshFiles {
  const server = join(directory, 'ssh');
  mkdirSync(server);
  const key = join(directory, 'key');
  for (const file of [key, join(server, 'host_key')]) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file]);
  }
  writeFileSync(join(server, 'authorized_keys'), readFileSync(`${key}.pub`));
  writeFileSync(
    join(server, 'sshd_config'),
    `HostKey /run/ssh/host_key
AuthorizedKeysFile /run/ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
UseDNS no
MaxSessions 200
Subsystem sftp internal-sftp
`,
  );
  writeFileSync(join(directory, 'known_hosts'), `dom0 ${readFileSync(join(server, 'host_key.pub'), 'utf8')}`);
  const config = sshConfigOf(directory);
  writeFileSync(
    config,
    `Host dom0
  HostName 127.0.0.1
  Port ${port}
  HostKeyAlias dom0
  User root
  IdentityFile "${key}"
  IdentitiesOnly yes
  UserKnownHostsFile "${directory}/known_hosts"
  StrictHostKeyChecking yes
  BatchMode yes
  ControlPath "${directory}/mux"
  LogLevel ERROR
`,
  );
  return { config, server };
}

/**
 * Opens the connection that all commands share, because a handshake takes longer than most commands. Commands also
 * work without it.
 */
export function shareConnection(config: string): ChildProcess {
  return spawn('ssh', ['-F', config, '-o', 'ControlMaster=yes', '-N', 'dom0'], { stdio: 'ignore' });
}

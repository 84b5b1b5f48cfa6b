/** Passwords and SSH keys of the guest's users. */
import { encodeBase64 } from '../base64.js';
import type { AgentRequest } from '../request.js';
import { listOf, nothing, objectOf, textOf } from '../value.js';

/**
 * Sets a user's password.
 * @param isCrypted whether the password is a hash, in a form that the guest's system accepts
 */
export const setPassword = (user: string, password: string, isCrypted = false): AgentRequest<void> => ({
  name: 'guest-set-user-password',
  arguments: {
    username: user,
    password: encodeBase64(new TextEncoder().encode(password)),
    crypted: isCrypted,
  },
  read: nothing,
});

/** The keys of a user, as the lines of `.ssh/authorized_keys`. */
export const getSshKeys = (user: string): AgentRequest<readonly string[]> => ({
  name: 'guest-ssh-get-authorized-keys',
  arguments: { username: user },
  read: (value) => listOf(objectOf(value)['keys'], textOf),
});

/** Adds keys. @param reset removes all others */
export const addSshKeys = (user: string, keys: readonly string[], reset = false): AgentRequest<void> => ({
  name: 'guest-ssh-add-authorized-keys',
  arguments: { username: user, keys, ...(reset && { reset }) },
  read: nothing,
});

/** Removes keys; those that do not exist are ignored. */
export const removeSshKeys = (user: string, keys: readonly string[]): AgentRequest<void> => ({
  name: 'guest-ssh-remove-authorized-keys',
  arguments: { username: user, keys },
  read: nothing,
});

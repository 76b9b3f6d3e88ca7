import { spawn } from 'node:child_process';

import type { Clock } from '@kube-steward/schedule';

import type { KubeApiError } from '../errors.ts';
import { invalidConfig } from './config-files.ts';
import type { Environment } from './types.ts';

/** A plugin nobody can answer has hung after this time. */
const SILENT_PLUGIN_MS = 60_000;

export interface PluginCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** It may read from the terminal, and take its time. */
  readonly mayAsk: boolean;
  readonly installHint: string | undefined;
  /** Names the plugin in errors. */
  readonly subject: string;
  readonly clock: Clock;
  readonly onNotice: ((text: string) => void) | undefined;
}

/**
 * Runs a program and returns what it printed. Warnings on its error output do no harm. Throws KubeApiError `InvalidConfig`:
 * not installed (with the kubeconfig's hint), failed (with the end of its error output), hung.
 */
export const runPlugin = (plugin: PluginCommand): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(plugin.command, plugin.args, {
      env: plugin.env,
      stdio: [plugin.mayAsk ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    let errors = '';
    let timedOut = false;
    const cancel = plugin.mayAsk
      ? undefined
      : plugin.clock.setTimer(SILENT_PLUGIN_MS, () => {
          timedOut = true;
          child.kill('SIGKILL');
        });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      plugin.onNotice?.(text);
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      cancel?.();
      reject(cannotRun(plugin, cause));
    });
    child.on('close', (code, signal) => {
      cancel?.();
      if (timedOut) reject(invalidConfig(`${plugin.subject} gave no answer for ${SILENT_PLUGIN_MS / 1000} s`));
      else if (code === 0) resolve(output);
      else
        reject(failed(plugin, code === null ? `was ended by ${signal ?? 'a signal'}` : `failed with ${code}`, errors));
    });
  });

const cannotRun = (plugin: PluginCommand, cause: NodeJS.ErrnoException): KubeApiError => {
  const why = cause.code === 'ENOENT' ? 'is not installed' : `cannot be run: ${cause.message}`;
  return invalidConfig(`${plugin.subject} ${why}${plugin.installHint ? `\n${plugin.installHint.trim()}` : ''}`, cause);
};

const failed = (plugin: PluginCommand, what: string, errors: string): KubeApiError => {
  const said = errors.trim().split('\n').slice(-5).join('\n');
  return invalidConfig(`${plugin.subject} ${what}${said === '' ? '' : `: ${said}`}`);
};

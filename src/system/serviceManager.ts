import { execa } from 'execa';

/**
 * Notifies systemd as `Type=notify` demands: `READY=1`, `STOPPING=1`, `STATUS=…` (sd_notify(3)). It calls systemd-notify(1),
 * since Node has no Unix datagram sockets. Without a service manager it does nothing.
 */
export type ServiceManager = {
  /** @returns what went wrong, as a line for the log; null if it worked, or if there is no service manager. */
  tell: (...assignments: string[]) => Promise<string | null>;
};

/** Takes `NOTIFY_SOCKET` out of the environment: what falloutd starts must not speak for it. */
export function serviceManager(env: Record<string, string | undefined> = process.env): ServiceManager {
  const socket = env['NOTIFY_SOCKET'];
  delete env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return { tell: () => Promise.resolve(null) };
  return {
    tell: async (...assignments) => {
      const { failed, shortMessage } = await execa('systemd-notify', assignments, {
        env: { NOTIFY_SOCKET: socket },
        reject: false,
      });
      return failed ? `systemd was not told ${assignments.join(' ')}: ${shortMessage}` : null;
    },
  };
}

import { execa } from 'execa';

/**
 * Notifies systemd as `Type=notify` demands: `READY=1`, `STOPPING=1`, `STATUS=…` (sd_notify(3)). It calls systemd-notify(1),
 * since Node has no Unix datagram sockets. Without a service manager it does nothing. `NOTIFY_SOCKET` is taken out of the
 * environment: what falloutd starts must not speak for it.
 * @returns a function that gives what went wrong, as a line for the log; null if nothing did.
 */
export function serviceManager(): (...assignments: string[]) => Promise<string | null> {
  const socket = process.env['NOTIFY_SOCKET'] ?? '';
  delete process.env['NOTIFY_SOCKET'];
  return async (...assignments) => {
    if (socket === '') return null;
    const options = { env: { NOTIFY_SOCKET: socket }, reject: false };
    const { failed, shortMessage } = await execa('systemd-notify', assignments, options);
    return failed ? `systemd was not told ${assignments.join(' ')}: ${shortMessage}` : null;
  };
}

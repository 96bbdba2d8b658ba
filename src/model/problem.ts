/** What the user has to act on; `message` is one or two plain lines, `hint` says what to do. */
export type Problem = {
  message: string;
  file?: string;
  line?: number;
  column?: number;
  hint?: string;
};

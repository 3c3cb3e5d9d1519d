import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Head and body as they came, lines ended by `\n`. */
  readonly text: string;
}

/** A mail server that speaks as much of SMTP (RFC 5321) as a client needs, with AUTH PLAIN. */
export class MailServer {
  readonly got: Mail[] = [];
  /** `<user>:<password>` of those who logged in. */
  readonly logins: string[] = [];
  /** What is said to a message; 250 takes it. */
  answer = '250 taken';
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.talk(socket));

  static async start(): Promise<MailServer> {
    const server = new MailServer();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    let rest = '';
    let mail = { from: '', to: [] as string[], lines: [] as string[] };
    let inData = false;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    const command = (line: string) => {
      if (/^EHLO/i.test(line)) {
        say('250-mail.test');
        say('250 AUTH PLAIN');
      } else if (/^AUTH PLAIN /i.test(line)) {
        this.logins.push(Buffer.from(line.slice(11), 'base64').toString().split('\0').slice(1).join(':'));
        say('235 in');
      } else if (/^MAIL FROM:/i.test(line)) {
        mail = { from: /<(.*?)>/.exec(line)![1]!, to: [], lines: [] };
        say('250 ok');
      } else if (/^RCPT TO:/i.test(line)) {
        mail.to.push(/<(.*?)>/.exec(line)![1]!);
        say('250 ok');
      } else if (/^DATA/i.test(line)) {
        inData = true;
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 ok');
    };
    const content = (line: string) => {
      if (line !== '.') {
        mail.lines.push(line.replace(/^\.\./, '.'));
        return;
      }
      inData = false;
      if (this.answer.startsWith('2')) this.got.push({ from: mail.from, to: mail.to, text: mail.lines.join('\n') });
      say(this.answer);
    };
    socket.on('data', (part) => {
      const lines = (rest + part.toString()).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) (inData ? content : command)(line);
    });
    say('220 mail.test');
  }
}

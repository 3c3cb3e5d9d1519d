import { createHmac } from 'node:crypto';
import type { ChannelKind } from '#persistence';

export type RobotKind = Exclude<ChannelKind, 'mail'>;

/** Where a robot listens. `secret`: what it signs with, if its group wants signatures. */
export interface RobotTarget {
  readonly url: string;
  readonly secret?: string | undefined;
}

export interface RobotRequest {
  readonly url: string;
  readonly body: string;
}

/** What became of a message. */
export interface Outcome {
  /** `undefined`: it was taken. */
  readonly error: string | undefined;
  /** The robot wants so long a pause. */
  readonly pauseS?: number | undefined;
}

interface Robot {
  /** Of a message: beyond that it is refused, or cut without a word. */
  readonly maxBytes: number;
  /** The public service; on another host the robot is one of a private deployment. */
  readonly hosts: readonly string[];
  readonly request: (target: RobotTarget, text: string, nowMs: number) => RobotRequest;
  /** Codes that mean: too often. The robots' own, none of WeChat's. */
  readonly tooOften: readonly string[];
  readonly tooOftenPauseS: number;
}

/**
 * How each robot is spoken to. Plain text everywhere: in the mark-up of some, a name with `<at user_id="all">` would call everybody.
 * Sources: developer.work.weixin.qq.com/document/path/91770 (群机器人: 2048 bytes of text, 20 messages a minute, 45009),
 * open.feishu.cn 自定义机器人使用指南 (签名校验; 5 a second, 100 a minute; 11232), open.dingtalk.com 自定义机器人接入 (加签; 20 a minute, then
 * ten minutes of silence; 130101, 410100).
 */
export const ROBOTS: Readonly<Record<RobotKind, Robot>> = {
  wecom: {
    maxBytes: 2_048,
    hosts: ['qyapi.weixin.qq.com'],
    request: ({ url }, content) => ({ url, body: JSON.stringify({ msgtype: 'text', text: { content } }) }),
    tooOften: ['45009', '45033'],
    tooOftenPauseS: 60,
  },
  feishu: {
    maxBytes: 18_000,
    hosts: ['open.feishu.cn', 'open.larksuite.com'],
    request: ({ url, secret }, text, nowMs) => {
      const timestamp = String(Math.floor(nowMs / 1_000));
      const sign = secret && { timestamp, sign: feishuSign(timestamp, secret) };
      return { url, body: JSON.stringify({ ...sign, msg_type: 'text', content: { text } }) };
    },
    tooOften: ['11232', '9499'],
    tooOftenPauseS: 60,
  },
  dingtalk: {
    maxBytes: 18_000,
    hosts: ['oapi.dingtalk.com'],
    request: ({ url, secret }, content, nowMs) => {
      const signed = new URL(url);
      if (secret) {
        signed.searchParams.set('timestamp', String(nowMs));
        signed.searchParams.set('sign', dingtalkSign(nowMs, secret));
      }
      return { url: signed.href, body: JSON.stringify({ msgtype: 'text', text: { content } }) };
    },
    tooOften: ['130101', '410100'],
    tooOftenPauseS: 600,
  },
};

/** 飞书: HMAC-SHA256 of nothing; the key is the time and the secret. */
export const feishuSign = (timestampS: string, secret: string): string =>
  createHmac('sha256', `${timestampS}\n${secret}`).update('').digest('base64');

/** 钉钉: HMAC-SHA256 of the time and the secret, by the secret. */
export const dingtalkSign = (timestampMs: number, secret: string): string =>
  createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');

/** What nobody may write into a group by a rollout's name: mentions. */
export const withoutMentions = (text: string): string => text.replaceAll('<', '＜');

/** A robot answers 200 whatever it thinks; its JSON says. */
export function judgeAnswer(kind: RobotKind, status: number, body: string): Outcome {
  const { tooOften, tooOftenPauseS } = ROBOTS[kind];
  const answer = parsed(body);
  const code = [answer['errcode'], answer['code'], answer['StatusCode']].find((value) => typeof value === 'number');
  if (code === 0) return { error: undefined };
  if (code === undefined) return { error: `answered ${status} without a code: is this the address of a ${kind} robot?` };
  const words = [answer['errmsg'], answer['msg'], answer['StatusMessage']].find((value) => typeof value === 'string') as string;
  const error = `the robot answered ${code}: ${(words ?? '').slice(0, 150)}`;
  return tooOften.includes(String(code)) ? { error, pauseS: tooOftenPauseS } : { error };
}

/** @returns the kind of robot that lives at this public host, if it is another */
export function otherKind(kind: RobotKind, url: string): RobotKind | undefined {
  const { hostname } = new URL(url);
  return (Object.keys(ROBOTS) as RobotKind[]).find((each) => each !== kind && ROBOTS[each].hosts.includes(hostname));
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

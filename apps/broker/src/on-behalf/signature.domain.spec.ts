import { describe, expect, it } from 'vitest';
import { signPage } from './signature.domain.js';

describe('signPage', () => {
  it("gives WeChat's own example", () => {
    // JS-SDK documentation, appendix 1.
    const ticket = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg';
    expect(signPage(ticket, 'Wm3WZYTPz0wzccnW', 1414587457, 'http://mp.weixin.qq.com?params=value')).toBe(
      '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
    );
  });

  it('leaves the fragment out', () => {
    expect(signPage('t', 'n', 1, 'https://a.example/x?y=1#/route')).toBe(signPage('t', 'n', 1, 'https://a.example/x?y=1'));
  });
});

import { describe, expect, it } from 'vitest';
import { plainReason } from './plain-reason.js';

describe('a rejection in plain text', () => {
  it('turns breaks into lines and drops every other tag', () => {
    expect(plainReason('1:内容不符:<br>(1):请<b>修改</b>&lt;首页&gt; 👩‍💻<BR/>2:<a href="https://x.example">链接</a>')).toBe(
      '1:内容不符:\n(1):请修改<首页> 👩‍💻\n2:链接',
    );
  });
  it('drops control characters, raw or as entities, that a terminal would obey', () => {
    expect(plainReason('\u00141:see\u001b[2J&#27;[31m the picture\tor\nnot')).toBe('1:see[2J[31m the picture\tor\nnot');
  });
  it('drops scripts with their content', () => {
    expect(plainReason('a<script>alert(1)</script >b<style>x{}</style>')).toBe('ab');
  });
  it('keeps a lone "<" and absent reasons', () => {
    expect(plainReason('price < 5 & more')).toBe('price < 5 & more');
    expect(plainReason(null)).toBeNull();
    expect(plainReason('&#128512; &#xd800; &amp;lt;')).toBe('😀 &#xd800; &lt;');
  });
});

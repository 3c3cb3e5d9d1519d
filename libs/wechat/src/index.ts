export const x_wechat = 1;

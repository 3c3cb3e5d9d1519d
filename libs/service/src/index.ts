export const x_service = 1;

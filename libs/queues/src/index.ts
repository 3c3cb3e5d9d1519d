export const x_queues = 1;

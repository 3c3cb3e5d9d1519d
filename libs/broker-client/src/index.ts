export const x_broker_client = 1;

export const x_persistence = 1;

// What Grafana's schema leaves to the data source, in the words of Prometheus' one.

export type Json<T> = unknown extends T
  ? T
  : T extends string
    ? `${T}`
    : T extends (infer U)[]
      ? Json<U>[]
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

export type PrometheusTarget = {
  refId: string;
  datasource: { type: 'prometheus'; uid: string };
  editorMode: 'code';
  expr: string;
  range: boolean;
  instant: boolean;
} & ({ format: 'table' } | { format: 'time_series'; legendFormat: string });

export type PrometheusAnnotation<T> = Omit<T, 'target'> & {
  expr: string;
  titleFormat: string;
  target: { refId: 'Anno'; expr: string };
};

// Grafana 13's types, panels by their kind, as JSON has them: enumerations are their texts.
import type { AnnotationQuery, Dashboard, Panel, RowPanel, VariableModel } from 'grafana-schema-13';
import type * as heatmap from './node_modules/grafana-schema-13/dist/types/raw/composable/heatmap/panelcfg/x/types.gen.js';
import type * as statetimeline from './node_modules/grafana-schema-13/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen.js';
import type * as stat from './node_modules/grafana-schema-13/dist/types/raw/composable/stat/panelcfg/x/types.gen.js';
import type * as table from './node_modules/grafana-schema-13/dist/types/raw/composable/table/panelcfg/x/types.gen.js';
import type * as timeseries from './node_modules/grafana-schema-13/dist/types/raw/composable/timeseries/panelcfg/x/types.gen.js';
import type { Json, PrometheusAnnotation, PrometheusTarget } from './prometheus.js';

type Kind<Type, Options, Fields> = Omit<Panel<Options, Fields>, 'type' | 'options' | 'targets'> & {
  type: Type;
  options: Options;
  targets: PrometheusTarget[];
};

type AnyPanel =
  | RowPanel
  | Kind<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Kind<'stat', stat.Options, Record<string, never>>
  | Kind<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Kind<'table', table.Options, table.FieldConfig>
  | Kind<'timeseries', timeseries.Options, timeseries.FieldConfig>;

export type Checked = Json<
  Omit<Dashboard, 'panels' | 'annotations' | 'templating'> & {
    panels: AnyPanel[];
    annotations: { list: PrometheusAnnotation<AnnotationQuery>[] };
    templating: { list: VariableModel[] };
  }
>;

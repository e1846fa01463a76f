// Grafana 11's types, panels by their kind, as JSON has them: enumerations are their texts.
import type { AnnotationQuery, Dashboard, Panel, RowPanel, VariableModel } from 'grafana-schema-11';
import type * as heatmap from './node_modules/grafana-schema-11/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen.js';
import type * as statetimeline from './node_modules/grafana-schema-11/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js';
import type * as stat from './node_modules/grafana-schema-11/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type * as table from './node_modules/grafana-schema-11/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js';
import type * as timeseries from './node_modules/grafana-schema-11/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';
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

// A board as its file holds it, in Grafana's own words: what it does not know is an error.

import type { dataquery as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import type { dataquery as PrometheusQuery } from '@grafana/grafana-foundation-sdk/prometheus';
import type { AnnotationQuery, Dashboard, FieldConfig, FieldConfigSource, Panel, RowPanel, VariableModel } from '@grafana/schema';
import type { Options as Logs } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as Cell, Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { FieldConfig as Line, Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON has no enums, only their values.
type Written<T> = unknown extends T ? T
  : T extends string ? `${T}`
  : T extends object ? { [K in keyof T]: Written<T[K]> }
  : T;

// Grafana fills in what is not said.
type Part<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]?: Part<T[K]> } : T;

type Query<T, Source> = Omit<T, '_implementsDataqueryVariant' | 'datasource'> & {
  datasource: { type: Source; uid: string };
};

type Target = Query<PrometheusQuery, 'prometheus'> | Query<LokiQuery, 'loki'>;

type Config<Custom> = Omit<FieldConfigSource, 'defaults'> & {
  defaults: Omit<FieldConfig, 'custom'> & { custom?: Part<Custom> };
};

type Tile<Type, Options, Custom = never> =
  Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
    type: Type;
    options: Part<Options>;
    fieldConfig?: Config<Custom>;
    targets: Target[];
  };

type Shown =
  | Tile<'logs', Logs>
  | Tile<'stat', Stat>
  | Tile<'table', Table, Cell>
  | Tile<'timeseries', TimeSeries, Line>;

// What Loki's data source reads of an annotation is in no published type.
type Mark = Omit<AnnotationQuery, 'type' | 'target'> & {
  expr: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
};

export type Board = Written<
  Omit<Dashboard, 'panels' | 'annotations' | 'templating'> & {
    annotations: { list: Mark[] };
    templating: { list: Array<VariableModel & { definition?: string }> };
    panels: Array<Shown | (Omit<RowPanel, 'type' | 'panels'> & { type: 'row'; panels: Shown[] })>;
  }
>;

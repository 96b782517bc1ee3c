//! [`map`]: from a sample to a layout, or to questions.

use std::collections::BTreeSet;
use std::path::Path;

use super::columns::{self, Found};
use super::draft::Role;
use super::file_name::{self, Told};
use super::names::key_of;
use super::reading::Reading;
use super::table::Table;
use super::{ask, length, numbers, when, zone};
use crate::api::{ColumnMapping, ImportQuestion, ImportSpec, PreviewFact, QuestionAbout};
use crate::domain::{Source, Symbol, Timeframe};
use crate::import::csv::Sample;
use crate::import::{Columns, Layout, NumberRule, TimeFormat, TimeRule};

/// What a mapping is made for.
#[derive(Debug, Clone, Copy)]
pub struct MappingRequest<'a> {
    /// Where the file is; its name is evidence.
    pub path: &'a Path,
    /// What the file need not say itself.
    pub spec: &'a ImportSpec,
}

/// What a file means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// How it is read; `Some` exactly when nothing is to be asked.
    pub layout: Option<Layout>,
    /// Id of its layout: a vendor's, else `ohlcv`.
    pub layout_id: String,
    /// What each column means.
    pub columns: Vec<ColumnMapping>,
    /// What else was found, and why.
    pub facts: Vec<PreviewFact>,
    /// What somebody must answer.
    pub questions: Vec<ImportQuestion>,
}

/// Finds out what a file means. What it does not prove is a question, never a guess.
pub fn map(sample: &Sample, request: &MappingRequest<'_>) -> Mapping {
    let found = columns::find(sample, request);
    let mut work = Work {
        table: Table::of(sample),
        sample,
        request,
        facts: Vec::new(),
        questions: Vec::new(),
    };
    let rules = work.rules(&found);
    let layout = rules.filter(|_| work.questions.is_empty());
    Mapping {
        layout,
        layout_id: found.vendor.id.to_owned(),
        columns: found.draft.mappings(&found.names),
        facts: work.facts,
        questions: work.questions,
    }
}

/// What somebody was asked for.
struct Open;

/// Facts and questions, while they are collected.
struct Work<'a> {
    table: Table<'a>,
    sample: &'a Sample,
    request: &'a MappingRequest<'a>,
    facts: Vec<PreviewFact>,
    questions: Vec<ImportQuestion>,
}

impl Work<'_> {
    /// Decides everything; `None` when something required stays open.
    fn rules(&mut self, found: &Found) -> Option<Layout> {
        let spec = self.request.spec;
        let path = self.request.path;
        if let Some(why) = &found.fault {
            let is_unknown = spec
                .layout
                .as_deref()
                .is_some_and(|id| found.vendor.id != id);
            self.questions.push(if is_unknown {
                ask::layout(path, why)
            } else {
                ask::columns(path, why, !found.names.is_empty())
            });
        }
        let told = file_name::documented(found.vendor.id, path);
        let columns = found.draft.columns();
        let is_table = found.fault.is_none() && columns.is_some();
        let symbol = self.symbol(found, told.as_ref(), is_table);
        let numbers = self.numbers(found);
        let reading = found.time.as_ref().filter(|_| is_table);
        let (readings, is_open) = self.date_format(found, reading?);
        let timeframe = self.timeframe(found, &readings, told.as_ref());
        let zone = self.zone(found, &readings[0], timeframe);
        let source = spec.source.clone();
        let source = source.or_else(|| Source::parse(found.vendor.id).ok());
        if is_open {
            return None;
        }
        let columns = columns?;
        let columns = Columns {
            symbol: self.symbol_column(&columns),
            ..columns
        };
        Some(Layout {
            id: found.vendor.id.to_owned(),
            dialect: self.sample.dialect.clone(),
            columns,
            time: TimeRule {
                format: readings[0].format,
                zone: zone.ok()?,
            },
            numbers: numbers?,
            symbol: symbol.ok()?,
            timeframe: timeframe?,
            source: source?,
        })
    }

    /// Returns the column of the symbols, unless one was asked for: that wins.
    fn symbol_column(&self, columns: &Columns) -> Option<usize> {
        let is_asked = self.request.spec.symbol.is_some();
        columns.symbol.filter(|_| !is_asked)
    }

    fn fact(&mut self, what: &str, value: &str, evidence: &str) {
        self.facts.push(PreviewFact {
            what: what.to_owned(),
            value: value.to_owned(),
            evidence: evidence.to_owned(),
        });
    }

    fn ask(&mut self, about: QuestionAbout, text: String, choices: Vec<String>) {
        let question = ask::question(about, self.request.path, text, choices);
        self.questions.push(question);
    }

    /// Decides the symbol; `None`: a column tells it.
    fn symbol(
        &mut self,
        found: &Found,
        told: Option<&Told>,
        is_table: bool,
    ) -> Result<Option<Symbol>, Open> {
        let known = |symbol: &Symbol| Ok(Some(symbol.clone()));
        let stated = self.stated_symbols();
        if stated.len() > 1 && found.draft.column(Role::Symbol).is_none() {
            let names: Vec<&str> = stated.iter().map(Symbol::as_str).collect();
            let why = format!("several symbols stand side by side: {}", names.join(", "));
            self.questions
                .push(ask::columns(self.request.path, &why, true));
            return Err(Open);
        }
        let column = found.draft.column(Role::Symbol);
        let written = column.map(|at| self.table.filled(at)).unwrap_or_default();
        if let Some(symbol) = &self.request.spec.symbol {
            if has_several(&written) {
                let named = symbols_in(&written);
                let text = format!(
                    "`{symbol}` was asked for, but the rows name several symbols ({named}): \
                     import them without --symbol"
                );
                self.ask(QuestionAbout::Symbol, text, Vec::new());
                return Err(Open);
            }
            self.fact("symbol", symbol.as_str(), "as asked for");
            return known(symbol);
        }
        if column.is_some() {
            self.fact("symbol", &symbols_in(&written), "each row says it");
            return Ok(None);
        }
        if let [only] = stated.as_slice() {
            self.fact(
                "symbol",
                only.as_str(),
                "the lines above the records say it",
            );
            return known(only);
        }
        if let Some(told) = told {
            let why = format!("files of {} are named so", found.vendor.name);
            self.fact("symbol", told.symbol.as_str(), &why);
            return known(&told.symbol);
        }
        if is_table {
            let shared = found.shared.as_deref();
            let choices = file_name::candidates(self.request.path, shared);
            let why = match shared {
                Some(shared) => format!("the columns are named after `{shared}`, which may be it"),
                None => "the file does not say it".to_owned(),
            };
            let text = format!("which symbol are these bars of? {why}");
            self.ask(QuestionAbout::Symbol, text, choices);
        }
        Err(Open)
    }

    /// Returns the symbols of a line `Ticker,AAPL,AAPL` around the header, as yfinance writes it.
    fn stated_symbols(&self) -> Vec<Symbol> {
        let delimiter = char::from(self.sample.dialect.delimiter);
        let lines = self
            .sample
            .left_out
            .iter()
            .map(|(_, line)| line.split(delimiter));
        let mut symbols = BTreeSet::new();
        for mut fields in lines {
            if fields.next().is_some_and(|first| key_of(first) == "ticker") {
                symbols.extend(fields.filter_map(|field| Symbol::parse(field).ok()));
            }
        }
        symbols.into_iter().collect()
    }

    fn numbers(&mut self, found: &Found) -> Option<NumberRule> {
        let asked = self.request.spec.decimal;
        match &found.numbers {
            numbers::Verdict::Proven(rule, _)
                if asked.is_some_and(|asked| numbers::sign(asked) != rule.decimal) =>
            {
                self.questions
                    .push(ask::wrong_decimal(self.request.path, rule.decimal));
                None
            }
            numbers::Verdict::Unsure(_) if let Some(asked) = asked => {
                let rule = numbers::rule_of(asked);
                let value = format!("decimal `{}`", rule.decimal);
                self.fact("numbers", &value, "as asked for");
                Some(rule)
            }
            numbers::Verdict::Proven(rule, why) => {
                let value = match rule.group {
                    Some(group) => format!("decimal `{}`, thousands `{group}`", rule.decimal),
                    None => format!("decimal `{}`", rule.decimal),
                };
                self.fact("numbers", &value, why);
                Some(*rule)
            }
            numbers::Verdict::Unsure(text) => {
                self.questions.push(ask::decimal(self.request.path, text));
                None
            }
        }
    }

    /// Decides how dates are written; the ways left, the likelier first, and whether it is open.
    fn date_format(&mut self, found: &Found, verdict: &when::Verdict) -> (Vec<Reading>, bool) {
        let asked = self.request.spec.date_order;
        let verdict = match asked {
            Some(asked) => match when::ask_order(verdict.clone(), asked) {
                Ok(verdict) => verdict,
                Err(proven) => {
                    let question = ask::wrong_order(self.request.path, asked, proven);
                    self.questions.push(question);
                    return (vec![verdict.likeliest().clone()], true);
                }
            },
            None => verdict.clone(),
        };
        match verdict {
            when::Verdict::Proven(reading, why) => {
                self.fact("date format", words_of(reading.format), &why);
                (vec![reading], false)
            }
            when::Verdict::Unsure(readings) => {
                let question = ask::date_order(self.request.path, found, &readings);
                self.questions.push(question);
                (readings, true)
            }
        }
    }

    fn timeframe(
        &mut self,
        found: &Found,
        readings: &[Reading],
        told: Option<&Told>,
    ) -> Option<Timeframe> {
        let readings: Vec<&Reading> = readings.iter().collect();
        let period = found.draft.column(Role::Period);
        let is_record_type = |at: usize| found.names.get(at).is_some_and(|n| n.key == "rtype");
        let evidence = length::Evidence {
            table: &self.table,
            readings: &readings,
            symbol: found.draft.column(Role::Symbol),
            period: period.map(|at| (at, is_record_type(at))),
            path: self.request.path,
            told,
        };
        let verdict = match self.request.spec.timeframe {
            Some(asked) => match length::contradiction(evidence, asked) {
                Some(why) => length::Verdict::Ask(why, Vec::new()),
                None => length::Verdict::Known(asked, "as asked for".to_owned()),
            },
            None => length::judge(evidence),
        };
        match verdict {
            length::Verdict::Known(timeframe, why) => {
                self.fact("timeframe", timeframe.as_str(), &why);
                Some(timeframe)
            }
            length::Verdict::Ask(why, choices) => {
                let choices = choices.iter().map(|choice| choice.as_str().to_owned());
                let text = format!("how long does a bar last? {why}");
                self.ask(QuestionAbout::Timeframe, text, choices.collect());
                None
            }
            length::Verdict::Later => None,
        }
    }

    fn zone(
        &mut self,
        found: &Found,
        reading: &Reading,
        timeframe: Option<Timeframe>,
    ) -> Result<Option<String>, Open> {
        let time = found.draft.column(Role::Time);
        let verdict = zone::judge(zone::Evidence {
            reading,
            name: time.and_then(|at| found.names.get(at)),
            timeframe,
            vendor: found.vendor,
            asked: self.request.spec.timezone.as_deref(),
        });
        match verdict {
            zone::Verdict::Known {
                zone,
                value,
                evidence,
            } => {
                self.fact("zone", &value, &evidence);
                Ok(zone)
            }
            zone::Verdict::Ask(why, choices) => {
                let text = format!("in which zone are the times? {why}");
                self.ask(QuestionAbout::Timezone, text, choices);
                Err(Open)
            }
        }
    }
}

/// Returns true when a column of symbols tells more than one.
fn has_several(values: &[&str]) -> bool {
    let mut others = values.iter().skip(1);
    others.any(|value| !value.eq_ignore_ascii_case(values[0]))
}

/// Names the symbols of a column, at most five of them.
fn symbols_in(values: &[&str]) -> String {
    let symbols: BTreeSet<&str> = values.iter().copied().collect();
    let first: Vec<&str> = symbols.iter().copied().take(5).collect();
    let more = symbols.len().saturating_sub(first.len());
    let listed = first.join(", ");
    if more == 0 {
        listed
    } else {
        format!("{listed} and {more} more")
    }
}

const fn words_of(format: TimeFormat) -> &'static str {
    match format {
        TimeFormat::Epoch => "time since 1970",
        TimeFormat::Numeric(crate::api::DateOrder::Dmy) => "day, month, year",
        TimeFormat::Numeric(crate::api::DateOrder::Mdy) => "month, day, year",
        TimeFormat::Numeric(crate::api::DateOrder::Ymd) => "year, month, day",
        TimeFormat::NamedMonth => "month by name",
    }
}

//! Runs the statements of a program.

use std::collections::BTreeMap;

use policy_guest::{Event, Failure, Field, Fields as _, Finding, Json, Message, Problem, Query, Settings, Value};

use crate::{
    host::{Asked, Host},
    values::{arguments, burn, clamp, compared, holds, items, name, number, of_event, of_finding, status, sum, trap},
};

/// Runs a phase's program.
pub(crate) fn run<'a>(
    phase: &str,
    event: &'a Event,
    finding: Option<&'a Finding>,
    host: &'a dyn Host,
) -> Result<Machine<'a>, Problem> {
    let settings = Settings::parse(&host.ask("settings").unwrap_or_default())?;
    let program = settings.get(phase).and_then(Json::items).unwrap_or_default();
    let mut machine = Machine { event, finding, host, variables: BTreeMap::new(), findings: Vec::new(), message: None };
    match machine.all(program) {
        Ok(()) | Err(Stop::Done) => Ok(machine),
        Err(Stop::Problem(problem)) => Err(problem),
    }
}

/// What makes a statement; no statement has two of them.
const VERBS: [&str; 19] = [
    "set", "get", "find", "ask", "if", "repeat", "each", "finding", "title", "say", "attach", "create", "update",
    "remove", "invoke", "log", "burn", "trap", "return",
];

/// What stands where a statement should: its names.
fn words(statement: &Json) -> String {
    match statement.members() {
        Some([]) => "an object without a name".to_owned(),
        Some(members) => members.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        None => "not an object".to_owned(),
    }
}

/// Why a program ends before its last statement.
enum Stop {
    Done,
    Problem(Problem),
}

pub(crate) struct Machine<'a> {
    event: &'a Event,
    finding: Option<&'a Finding>,
    host: &'a dyn Host,
    variables: BTreeMap<String, Value>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) message: Option<Message>,
}

impl Machine<'_> {
    fn all(&mut self, statements: &[Json]) -> Result<(), Stop> {
        statements.iter().try_for_each(|statement| self.one(statement))
    }

    fn one(&mut self, statement: &Json) -> Result<(), Stop> {
        // By name, not by position: settings reach a guest with their members sorted.
        let verb = VERBS.into_iter().find(|verb| statement.get(verb).is_some()).unwrap_or_default();
        match verb {
            "set" => self.variables.insert(name(statement, "set"), self.at(statement, "to")).map_or((), drop),
            "get" => self.get(statement),
            "find" => self.find(statement),
            "ask" => {
                let answer = self.host.ask(&name(statement, "ask")).map_or(Value::Null, Value::Text);
                self.variables.insert(name(statement, "into"), answer);
            }
            "create" | "update" | "remove" | "invoke" => self.change(verb, statement),
            "finding" => self.finding(statement),
            "title" | "say" | "attach" => self.tell(verb, statement),
            "log" => self.host.log(&self.text(statement, "log")),
            "burn" => burn(number(statement, "burn").unwrap_or(0)),
            "if" | "repeat" | "each" => return self.branch(verb, statement),
            "return" => return Err(self.stop(statement)),
            "trap" => trap(),
            _ => return Err(Stop::Problem(Problem::Failed(format!("no such statement: {}", words(statement))))),
        }
        Ok(())
    }

    fn branch(&mut self, verb: &str, statement: &Json) -> Result<(), Stop> {
        match verb {
            "if" => {
                let chosen = if self.holds(items(statement, "if")) { "then" } else { "else" };
                self.all(items(statement, chosen))
            }
            "repeat" => self.repeat(statement),
            _ => self.each(statement),
        }
    }

    fn repeat(&mut self, statement: &Json) -> Result<(), Stop> {
        let times = number(statement, "repeat").unwrap_or(0).min(1000);
        (0..times).try_for_each(|turn| {
            self.variables.insert(name(statement, "as"), Value::Integer(turn));
            self.all(items(statement, "do"))
        })
    }

    fn each(&mut self, statement: &Json) -> Result<(), Stop> {
        let (answer, row) = (name(statement, "each"), name(statement, "as"));
        let Some(Value::Integer(count)) = self.variables.get(&format!("{answer}.count")).cloned() else {
            return Ok(());
        };
        // The rows of when the loop began, whatever it does to the answer.
        let rows = self.group(&format!("{answer}."));
        (0..count).try_for_each(|turn| {
            self.forget(&row);
            self.variables.insert(row.clone(), "ok".into());
            let prefix = format!("{turn}.");
            for (name, value) in rows.iter().filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value))) {
                self.variables.insert(format!("{row}.{name}"), value.clone());
            }
            self.all(items(statement, "do"))
        })
    }

    fn get(&mut self, statement: &Json) {
        let answer = self.host.get(&self.text(statement, "get"), &self.text(statement, "id"));
        let into = self.answered(statement, answer.as_ref().err());
        if let Ok(row) = answer {
            let columns: Vec<_> = row.fields.iter().map(|field| field.name.clone()).collect();
            self.put(&into, "columns", columns.join(","));
            self.put(&into, "id", row.id);
            self.put(&into, "revision", row.revision);
            row.fields.into_iter().for_each(|field| self.put(&into, &format!("cell.{}", field.name), field.value));
        }
    }

    fn find(&mut self, statement: &Json) {
        let answer = self.host.find(&self.text(statement, "find"), &self.query(statement));
        let into = self.answered(statement, answer.as_ref().err());
        if let Ok(page) = answer {
            self.put(&into, "columns", page.columns.join(","));
            self.put(&into, "count", i64::try_from(page.rows.len()).unwrap_or(i64::MAX));
            self.put(&into, "next", page.next.map_or(Value::Null, Value::Text));
            for (at, row) in page.rows.into_iter().enumerate() {
                self.put(&into, &format!("{at}.id"), row.id);
                self.put(&into, &format!("{at}.revision"), row.revision);
                for (column, value) in page.columns.iter().zip(row.values) {
                    self.put(&into, &format!("{at}.cell.{column}"), value);
                }
            }
        }
    }

    fn query(&self, statement: &Json) -> Query {
        let columns: Vec<_> = items(statement, "columns").iter().filter_map(Json::text).collect();
        let mut query = Query::new(&columns).limit(number(statement, "limit").map_or(100, clamp));
        for filter in items(statement, "filters") {
            if let Some([Json::Text(field), Json::Text(comparison), value]) = filter.items() {
                query = query.filter(field, compared(comparison), self.value(value));
            }
        }
        query.order_by = statement.get("order").and_then(Json::text).map(str::to_owned);
        query.descending = statement.get("descending") == Some(&Json::Boolean(true));
        query.after = self.optional(statement, "after");
        query
    }

    fn change(&mut self, verb: &str, statement: &Json) {
        let (what, id) = (self.text(statement, verb), self.text(statement, "id"));
        let asked = match verb {
            "create" => Asked::Create(what, self.fields(statement, "fields")),
            "update" => Asked::Update(what, id, self.fields(statement, "fields"), self.optional(statement, "revision")),
            "remove" => Asked::Remove(what, id),
            _ => Asked::Invoke(what, arguments(&self.fields(statement, "arguments"))),
        };
        let Some(answer) = self.host.change(&asked) else {
            let into = name(statement, "into");
            self.forget(&into);
            self.variables.insert(into, "no-hand".into());
            return;
        };
        let into = self.answered(statement, answer.as_ref().err());
        if let Ok(Some(id)) = answer {
            self.put(&into, "id", id);
        }
    }

    fn finding(&mut self, statement: &Json) {
        let mut finding = Finding::new(&self.text(statement, "finding"), &self.text(statement, "summary"));
        finding.data = self.fields(statement, "data");
        self.findings.push(finding);
    }

    fn tell(&mut self, verb: &str, statement: &Json) {
        let (text, content) = (self.text(statement, verb), self.text(statement, "content"));
        let mut message = self.message.take().unwrap_or_else(|| Message::new("", ""));
        match verb {
            "title" => message.title = text,
            "say" => message.body.push_str(&text),
            _ => message = message.attach(&text, "text/plain", content.into_bytes()),
        }
        self.message = Some(message);
    }

    fn stop(&self, statement: &Json) -> Stop {
        let text = self.text(statement, "text");
        match statement.get("return").and_then(Json::text) {
            Some("ok") => Stop::Done,
            Some("retry") => Stop::Problem(Problem::Retry(text)),
            Some("other") => Stop::Problem(Problem::Other(Some(text))),
            _ => Stop::Problem(Problem::Failed(text)),
        }
    }

    /// Notes how a call was answered; returns the name of the answer.
    fn answered(&mut self, statement: &Json, failure: Option<&Failure>) -> String {
        let into = name(statement, "into");
        self.forget(&into);
        self.variables.insert(into.clone(), status(failure).into());
        into
    }

    fn put(&mut self, answer: &str, name: &str, value: impl Into<Value>) {
        self.variables.insert(format!("{answer}.{name}"), value.into());
    }

    fn forget(&mut self, answer: &str) {
        let prefix = format!("{answer}.");
        self.variables.retain(|name, _| !name.starts_with(&prefix));
    }

    /// The variables whose names start so, without that start.
    fn group(&self, prefix: &str) -> Vec<(String, Value)> {
        let group = self.variables.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
        group.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    fn at(&self, statement: &Json, member: &str) -> Value {
        statement.get(member).map_or(Value::Null, |json| self.value(json))
    }

    fn text(&self, statement: &Json, member: &str) -> String {
        self.at(statement, member).show()
    }

    /// A text, unless the value is null.
    fn optional(&self, statement: &Json, member: &str) -> Option<String> {
        let value = self.at(statement, member);
        (value != Value::Null).then(|| value.show())
    }

    fn fields(&self, statement: &Json, member: &str) -> Vec<Field> {
        let field = |pair: &Json| match pair.items() {
            Some([Json::Text(name), value]) => Some(Field::new(name, self.value(value))),
            _ => None,
        };
        items(statement, member).iter().filter_map(field).collect()
    }

    fn holds(&self, condition: &[Json]) -> bool {
        let [left, Json::Text(operator), right] = condition else { return false };
        holds(&self.value(left), operator, &self.value(right))
    }

    fn value(&self, expression: &Json) -> Value {
        match expression {
            Json::Null | Json::List(_) => Value::Null,
            Json::Boolean(yes) => Value::Boolean(*yes),
            Json::Number(text) => text.parse().map_or_else(|_| Value::decimal(text), Value::Integer),
            Json::Text(text) => text.as_str().into(),
            Json::Object(members) => match members.first() {
                Some((operator, operand)) => self.computed(operator, operand).unwrap_or(Value::Null),
                None => Value::Null,
            },
        }
    }

    fn computed(&self, operator: &str, operand: &Json) -> Option<Value> {
        Some(match operator {
            "var" => self.variables.get(operand.text()?)?.clone(),
            "decimal" => Value::decimal(operand.text()?),
            "timestamp" => Value::Timestamp(operand.integer()?),
            "event" => of_event(self.event, operand.text()?)?,
            "finding" => of_finding(self.finding?, operand.text()?)?,
            "data" => self.finding?.value(operand.text()?)?.clone(),
            "concat" => operand.items()?.iter().map(|part| self.value(part).show()).collect::<String>().into(),
            "length" => match self.value(operand) {
                Value::Text(text) => i64::try_from(text.len()).ok()?.into(),
                _ => return None,
            },
            "add" => match operand.items()? {
                [left, right] => sum(&self.value(left), &self.value(right))?,
                _ => return None,
            },
            _ => return None,
        })
    }
}

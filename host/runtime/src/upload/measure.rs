//! What is counted in a component, how much of it there may be, and the meter that does the counting.

use super::{Place, Refused};

/// Declares the measures: name, lean limit, what to call it, what to do when there is too much of it.
macro_rules! measures {
    ($($(#[doc = $doc:literal])+ $name:ident: $limit:expr, $what:literal, $advice:literal;)+) => {
        /// Something that is counted in a component. Values are totals over the whole component, unless a measure says
        /// "largest".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Measure {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Measure {
            /// Everything that is counted.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// What it is called in a message.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// What an author can do when there is too much of it.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }

            fn lean(self) -> u64 {
                match self { $(Self::$name => $limit,)+ }
            }
        }
    };
}

measures! {
    /// Bytes of the file.
    Bytes: 4 << 20, "bytes", "build with optimisation for size and without debug information";
    /// Core modules.
    CoreModules: 4, "core modules", "link the code into one module";
    /// Core instances made of core modules.
    CoreInstances: 4, "core instances", "instantiate each core module once";
    /// Linear memories of all core instances.
    Memories: 1, "memories", "link the code into one module with one memory";
    /// Bytes of all linear memories at start.
    MemoryBytes: 64 << 20, "bytes of memory at start", "ask for less initial memory: lower the stack size and static data";
    /// Tables of all core instances.
    Tables: 2, "tables", "link the code into one module";
    /// Elements at start of the largest table.
    TableElements: 10_000, "elements of a table", "use fewer function pointers";
    /// Functions with a body.
    Functions: 20_000, "functions", "build with optimisation and remove unused code";
    /// Bytes of the largest function.
    BodyBytes: 256 << 10, "bytes of a function", "split the function, or turn off inlining for it";
    /// Locals of the largest function.
    Locals: 2_000, "locals of a function", "split the function, and build with optimisation";
    /// Deepest nesting of loops.
    LoopDepth: 64, "loops nested in one another", "move the inner loops to functions of their own";
    /// Loops of a function times its locals, at their largest: what the time to compile grows with.
    LoopsTimesLocals: 1_000_000, "loops times locals of a function", "split the function";
    /// Most values on the operand stack of a function.
    Operands: 1_000, "values on the operand stack", "store intermediate values in memory, or split the expression";
    /// Values passed by calls and branches, each counted for every target: what the time to validate grows with.
    Passed: 10_000_000, "values passed by calls and branches", "pass a pointer to a structure";
    /// Instructions.
    Instructions: 4 << 20, "instructions", "build with optimisation and remove unused code";
    /// Types of core modules.
    CoreTypes: 10_000, "core types", "remove unused code";
    /// Parameters and results of the largest core function type.
    Signature: 100, "parameters and results of a function", "pass a pointer to a structure";
    /// Imports of core modules.
    CoreImports: 2_000, "imports of core modules", "import only the functions that are used";
    /// Exports of core modules.
    CoreExports: 2_000, "exports of core modules", "export only the functions of the contract";
    /// Globals of core modules.
    Globals: 2_000, "globals", "keep static data in memory";
    /// Data segments of core modules.
    DataSegments: 10_000, "data segments", "merge the data sections when linking";
    /// Element segments of core modules.
    ElementSegments: 1_000, "element segments", "merge the element sections when linking";
    /// Sections, of core modules and components.
    Sections: 5_000, "sections", "rebuild the component with `wasm-tools component new`";
    /// Bytes of the longest name.
    NameBytes: 1_024, "bytes of a name", "use a shorter name";
    /// Imports of the component.
    Imports: 100, "imports", "import only the interfaces that are used";
    /// Exports of the component.
    Exports: 100, "exports", "export only the interfaces of the contract";
    /// Declared component types, also within other types.
    Types: 10_000, "component types", "use a smaller world";
    /// Deepest nesting of type declarations.
    TypeDepth: 8, "type declarations nested in one another", "use a smaller world";
    /// Fields, cases, flags or parameters of the largest component type.
    TypeMembers: 256, "members of a type", "split the type, or use a list";
    /// Size of the largest component type when everything that it refers to is written out.
    TypeSize: 10_000, "parts of a type", "refer to fewer types from within one type";
    /// Nested components.
    Components: 32, "nested components", "export only the interfaces of the contract";
    /// Deepest nesting of components.
    ComponentDepth: 1, "components nested in one another", "build one component instead of composing several";
    /// Instances of components.
    ComponentInstances: 100, "component instances", "export only the interfaces of the contract";
    /// Arguments and exports of instances.
    Arguments: 5_000, "arguments of instances", "import only the functions that are used";
    /// Aliases.
    Aliases: 5_000, "aliases", "import only the functions that are used";
    /// Functions lifted and lowered.
    CanonicalFunctions: 2_000, "lifted and lowered functions", "import only the functions that are used";
}

/// How much of everything a component may have. [`Default`] is the lean tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLimits(Vec<u64>);

impl ScanLimits {
    /// The limit of one measure.
    pub fn of(&self, measure: Measure) -> u64 {
        self.0.get(measure as usize).copied().unwrap_or_default()
    }

    /// The same limits but for one measure.
    #[must_use]
    pub fn with(mut self, measure: Measure, limit: u64) -> Self {
        if let Some(slot) = self.0.get_mut(measure as usize) {
            *slot = limit;
        }
        self
    }
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self(Measure::ALL.into_iter().map(Measure::lean).collect())
    }
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures(Vec<u64>);

impl Figures {
    /// The figure of one measure.
    pub fn of(&self, measure: Measure) -> u64 {
        self.0.get(measure as usize).copied().unwrap_or_default()
    }
}

/// Counts, and refuses as soon as there is too much of something.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: ScanLimits,
    figures: Figures,
}

impl Meter {
    pub(crate) fn new(limits: &ScanLimits) -> Self {
        Self { limits: limits.clone(), figures: Figures(vec![0; Measure::ALL.len()]) }
    }

    /// Adds to a total.
    pub(crate) fn add(&mut self, measure: Measure, count: u64, place: Place) -> Result<(), Refused> {
        self.set(measure, self.figures.of(measure).saturating_add(count), place)
    }

    /// Notes one of those of which the largest counts.
    pub(crate) fn largest(&mut self, measure: Measure, size: u64, place: Place) -> Result<(), Refused> {
        self.set(measure, self.figures.of(measure).max(size), place)
    }

    /// Notes a name.
    pub(crate) fn name(&mut self, name: &str, place: Place) -> Result<(), Refused> {
        self.largest(Measure::NameBytes, name.len() as u64, place)
    }

    pub(crate) fn into_figures(self) -> Figures {
        self.figures
    }

    fn set(&mut self, measure: Measure, found: u64, place: Place) -> Result<(), Refused> {
        if let Some(slot) = self.figures.0.get_mut(measure as usize) {
            *slot = found;
        }
        let limit = self.limits.of(measure);
        match measure {
            _ if found <= limit => Ok(()),
            Measure::Bytes | Measure::CoreModules => Err(Refused::EngineTier { measure, found, limit, place }),
            _ => Err(Refused::Limit { measure, found, limit, place }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_index_their_own_slot() {
        for (index, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure as usize, index);
        }
        let limits = ScanLimits::default().with(Measure::Locals, 7);
        assert_eq!((limits.of(Measure::Locals), limits.of(Measure::LoopDepth)), (7, 64));
    }

    #[test]
    fn totals_add_up_and_the_largest_counts() {
        let mut meter = Meter::new(&ScanLimits::default());
        for size in [60, 64, 3] {
            assert_eq!(meter.largest(Measure::LoopDepth, size, Place::at(1)), Ok(()));
        }
        assert_eq!(meter.add(Measure::Tables, 2, Place::at(1)), Ok(()));
        assert_eq!(
            meter.add(Measure::Tables, 1, Place::at(9)),
            Err(Refused::Limit { measure: Measure::Tables, found: 3, limit: 2, place: Place::at(9) })
        );
        let figures = meter.into_figures();
        assert_eq!((figures.of(Measure::LoopDepth), figures.of(Measure::Tables)), (64, 3));
    }
}

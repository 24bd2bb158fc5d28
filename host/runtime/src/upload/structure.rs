//! The pass over a component's sections that counts everything, before anything is validated.

use wasmparser::{Encoding, Parser, Payload};

use super::{Measure, Place, Refused, ScanLimits, contract::Extern, measure::Meter, module::Module, types::Scopes};

/// What the pass found.
#[derive(Debug)]
pub(crate) struct Structure<'a> {
    /// The count so far.
    pub(crate) meter: Meter,
    /// Imports of the component itself, not of those nested in it.
    pub(crate) imports: Vec<Extern<'a>>,
    /// Exports of the component itself.
    pub(crate) exports: Vec<Extern<'a>>,
}

/// Counts everything in `bytes`.
pub(crate) fn read<'a>(bytes: &'a [u8], limits: &ScanLimits) -> Result<Structure<'a>, Refused> {
    let mut meter = Meter::new(limits);
    meter.largest(Measure::Bytes, bytes.len() as u64, Place::default())?;
    let structure = Structure { meter, imports: Vec::new(), exports: Vec::new() };
    let mut walk = Walk { bytes, structure, scopes: Scopes::default(), open: 0, module: None, modules: Vec::new() };
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| Refused::malformed(&error, walk.place(0)))?;
        walk.payload(&payload)?;
    }
    Ok(walk.structure)
}

/// Where the pass is.
pub(crate) struct Walk<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) structure: Structure<'a>,
    /// The type index spaces of the open components.
    pub(crate) scopes: Scopes,
    /// Components that are open: 1 in the uploaded one itself.
    pub(crate) open: u64,
    /// The core module that is open.
    module: Option<Module>,
    /// The index space of core modules; what is imported has no module here.
    pub(crate) modules: Vec<Option<Module>>,
}

impl<'a> Walk<'a> {
    /// Whether it is in the uploaded component itself, not in one nested in it.
    pub(crate) fn outermost(&self) -> bool {
        self.open <= 1
    }

    fn place(&self, offset: usize) -> Place {
        self.module.as_ref().map_or(Place::at(offset), |module| module.at(offset))
    }

    fn payload(&mut self, payload: &Payload<'a>) -> Result<(), Refused> {
        if let Some((_, range)) = payload.as_section().filter(|_| !matches!(payload, Payload::CodeSectionEntry(_))) {
            let place = self.place(range.start);
            self.structure.meter.add(Measure::Sections, 1, place)?;
        }
        match payload {
            Payload::Version { encoding, range, .. } => self.version(*encoding, range.start),
            Payload::ModuleSection { unchecked_range, .. } => self.open_module(unchecked_range.start),
            Payload::ComponentSection { unchecked_range, .. } => {
                self.structure.meter.add(Measure::Components, 1, Place::at(unchecked_range.start))
            }
            Payload::End(_) => {
                self.end();
                Ok(())
            }
            _ => match &mut self.module {
                Some(module) => module.read(&mut self.structure.meter, payload),
                None => self.component(payload),
            },
        }
    }

    fn version(&mut self, encoding: Encoding, offset: usize) -> Result<(), Refused> {
        if encoding == Encoding::Module {
            return if self.open == 0 { Err(Refused::CoreModule) } else { Ok(()) };
        }
        self.structure.meter.largest(Measure::ComponentDepth, self.open, Place::at(offset))?;
        self.open += 1;
        self.scopes.open();
        Ok(())
    }

    fn open_module(&mut self, offset: usize) -> Result<(), Refused> {
        let place = Place::at(offset);
        self.structure.meter.add(Measure::CoreModules, 1, place)?;
        if !self.outermost() {
            return Err(Refused::Composed { what: "modules", place });
        }
        let index = u32::try_from(self.modules.len()).unwrap_or(u32::MAX);
        self.module = Some(Module::new(index));
        Ok(())
    }

    fn end(&mut self) {
        if let Some(module) = self.module.take() {
            self.modules.push(Some(module));
        } else {
            self.open = self.open.saturating_sub(1);
            self.scopes.close();
        }
    }
}

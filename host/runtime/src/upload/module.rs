//! A core module: what it declares, and what each of its instances will hold.

use wasmparser::{Payload, TypeRef};

use super::{Feature, Measure, Place, Refused, body, measure::Meter};

/// A page of linear memory, in bytes.
const PAGE: u64 = 64 << 10;

/// What a core module holds when it is instantiated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Module {
    /// Its index among the core modules of the component.
    index: u32,
    /// For each type: its parameters and results.
    types: Vec<u64>,
    /// For each function, imported ones first: its type.
    functions: Vec<u32>,
    /// Imported functions and bodies so far.
    bodies: u32,
    /// Memories, imported ones too.
    memories_seen: u32,
    /// Memories of its own.
    memories: u64,
    /// Bytes of its own memories at start.
    memory_bytes: u64,
    /// Tables of its own.
    tables: u64,
}

impl Module {
    pub(crate) fn new(index: u32) -> Self {
        Self { index, ..Self::default() }
    }

    /// Reads one section, or one function.
    pub(crate) fn read(&mut self, meter: &mut Meter, payload: &Payload<'_>) -> Result<(), Refused> {
        match payload {
            Payload::TypeSection(section) => self.types(meter, section.clone()),
            Payload::ImportSection(section) => self.imports(meter, section.clone()),
            Payload::FunctionSection(section) => self.functions(meter, section.clone()),
            Payload::TableSection(section) => self.tables(meter, section.clone()),
            Payload::MemorySection(section) => self.memories(section.clone()),
            Payload::GlobalSection(section) => {
                meter.add(Measure::Globals, section.count().into(), self.at(section.range().start))
            }
            Payload::ExportSection(section) => self.exports(meter, section.clone()),
            Payload::ElementSection(section) => {
                meter.add(Measure::ElementSegments, section.count().into(), self.at(section.range().start))
            }
            Payload::DataSection(section) => {
                meter.add(Measure::DataSegments, section.count().into(), self.at(section.range().start))
            }
            Payload::CodeSectionEntry(code) => {
                let place = Place { function: Some(self.bodies), ..self.at(code.range().start) };
                self.bodies = self.bodies.saturating_add(1);
                body::read(meter, self, code, place)
            }
            _ => Ok(()),
        }
    }

    /// Counts an instance of it.
    pub(crate) fn instantiate(&self, meter: &mut Meter, offset: usize) -> Result<(), Refused> {
        let place = self.at(offset);
        meter.add(Measure::Memories, self.memories, place)?;
        meter.add(Measure::MemoryBytes, self.memory_bytes, place)?;
        meter.add(Measure::Tables, self.tables, place)
    }

    /// A place in it.
    pub(crate) fn at(&self, offset: usize) -> Place {
        Place { module: Some(self.index), function: None, offset }
    }

    /// Parameters and results of a type; none for one that is no function, which the validator refuses where it is used.
    pub(crate) fn signature(&self, index: u32) -> u64 {
        self.types.get(index as usize).copied().unwrap_or_default()
    }

    /// The type of a function.
    pub(crate) fn type_of(&self, function: u32) -> u32 {
        self.functions.get(function as usize).copied().unwrap_or(u32::MAX)
    }

    fn functions(&mut self, meter: &mut Meter, section: wasmparser::FunctionSectionReader<'_>) -> Result<(), Refused> {
        meter.add(Measure::Functions, section.count().into(), self.at(section.range().start))?;
        for index in section {
            self.functions.push(index.map_err(|error| Refused::malformed(&error, self.at(0)))?);
        }
        Ok(())
    }

    fn types(&mut self, meter: &mut Meter, section: wasmparser::TypeSectionReader<'_>) -> Result<(), Refused> {
        for group in section.into_iter_with_offsets() {
            let (offset, group) = group.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            for ty in group.types() {
                meter.add(Measure::CoreTypes, 1, self.at(offset))?;
                let size = match &ty.composite_type.inner {
                    wasmparser::CompositeInnerType::Func(function) => {
                        function.params().len() + function.results().len()
                    }
                    _ => 0,
                };
                meter.largest(Measure::Signature, size as u64, self.at(offset))?;
                self.types.push(size as u64);
            }
        }
        Ok(())
    }

    fn imports(&mut self, meter: &mut Meter, section: wasmparser::ImportSectionReader<'_>) -> Result<(), Refused> {
        for import in section.into_imports_with_offsets() {
            let (offset, import) = import.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            let place = self.at(offset);
            meter.add(Measure::CoreImports, 1, place)?;
            meter.name(import.module, place)?;
            meter.name(import.name, place)?;
            match import.ty {
                TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                    self.functions.push(index);
                    self.bodies = self.bodies.saturating_add(1);
                }
                TypeRef::Memory(_) => self.see_memory(offset)?,
                TypeRef::Table(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {}
            }
        }
        Ok(())
    }

    fn exports(&self, meter: &mut Meter, section: wasmparser::ExportSectionReader<'_>) -> Result<(), Refused> {
        meter.add(Measure::CoreExports, section.count().into(), self.at(section.range().start))?;
        for export in section.into_iter_with_offsets() {
            let (offset, export) = export.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            meter.name(export.name, self.at(offset))?;
        }
        Ok(())
    }

    fn tables(&mut self, meter: &mut Meter, section: wasmparser::TableSectionReader<'_>) -> Result<(), Refused> {
        for table in section.into_iter_with_offsets() {
            let (offset, table) = table.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            self.tables = self.tables.saturating_add(1);
            meter.largest(Measure::TableElements, table.ty.initial, self.at(offset))?;
        }
        Ok(())
    }

    fn memories(&mut self, section: wasmparser::MemorySectionReader<'_>) -> Result<(), Refused> {
        for memory in section.into_iter_with_offsets() {
            let (offset, memory) = memory.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            self.see_memory(offset)?;
            self.memories = self.memories.saturating_add(1);
            self.memory_bytes = self.memory_bytes.saturating_add(memory.initial.saturating_mul(PAGE));
        }
        Ok(())
    }

    /// The validator reports a second memory as a plain error, not as a feature.
    fn see_memory(&mut self, offset: usize) -> Result<(), Refused> {
        self.memories_seen = self.memories_seen.saturating_add(1);
        if self.memories_seen <= 1 {
            return Ok(());
        }
        let reason = "a second memory in one module".to_owned();
        Err(Refused::Feature { feature: Feature::MultiMemory, place: self.at(offset), reason })
    }
}

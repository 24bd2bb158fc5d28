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
    /// Functions seen so far, imported ones first.
    functions: u32,
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
            Payload::TableSection(section) => self.tables(meter, section.clone()),
            Payload::MemorySection(section) => self.memories(section.clone()),
            Payload::GlobalSection(section) => {
                meter.add(Measure::Globals, section.count().into(), self.at(section.original_position()))
            }
            Payload::ExportSection(section) => self.exports(meter, section.clone()),
            Payload::ElementSection(section) => {
                meter.add(Measure::ElementSegments, section.count().into(), self.at(section.original_position()))
            }
            Payload::DataSection(section) => {
                meter.add(Measure::DataSegments, section.count().into(), self.at(section.original_position()))
            }
            Payload::CodeSectionEntry(code) => {
                let place = Place { function: Some(self.functions), ..self.at(code.range().start) };
                self.functions = self.functions.saturating_add(1);
                body::read(meter, code, place)
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

    fn types(&self, meter: &mut Meter, section: wasmparser::TypeSectionReader<'_>) -> Result<(), Refused> {
        for group in section.into_iter_with_offsets() {
            let (offset, group) = group.map_err(|error| Refused::malformed(&error, self.at(0)))?;
            for ty in group.types() {
                meter.add(Measure::CoreTypes, 1, self.at(offset))?;
                if let wasmparser::CompositeInnerType::Func(function) = &ty.composite_type.inner {
                    let size = function.params().len() + function.results().len();
                    meter.largest(Measure::Signature, size as u64, self.at(offset))?;
                }
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
                TypeRef::Func(_) | TypeRef::FuncExact(_) => self.functions = self.functions.saturating_add(1),
                TypeRef::Memory(_) => self.see_memory(offset)?,
                TypeRef::Table(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {}
            }
        }
        Ok(())
    }

    fn exports(&self, meter: &mut Meter, section: wasmparser::ExportSectionReader<'_>) -> Result<(), Refused> {
        meter.add(Measure::CoreExports, section.count().into(), self.at(section.original_position()))?;
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

//! The sections of a component: what it imports, exports, instantiates and declares.

use wasmparser::{
    BinaryReader, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, Instance, Payload,
    SectionLimited,
};

use super::{Measure, Place, Refused, contract::Extern, structure::Walk, types};

impl<'a> Walk<'a> {
    /// Reads one section of a component.
    pub(crate) fn component(&mut self, payload: &Payload<'a>) -> Result<(), Refused> {
        match payload {
            Payload::ComponentTypeSection(section) => self.types(section),
            Payload::ComponentImportSection(section) => self.imports(section.clone()),
            Payload::ComponentExportSection(section) => self.exports(section.clone()),
            Payload::ComponentAliasSection(section) => self.aliases(section.clone()),
            Payload::InstanceSection(section) => self.core_instances(section.clone()),
            Payload::ComponentInstanceSection(section) => self.instances(section.clone()),
            Payload::ComponentCanonicalSection(section) => {
                let place = Place::at(section.range().start);
                self.structure.meter.add(Measure::CanonicalFunctions, section.count().into(), place)
            }
            Payload::CoreTypeSection(section) => {
                let place = Place::at(section.range().start);
                self.structure.meter.add(Measure::CoreTypes, section.count().into(), place)
            }
            _ => Ok(()),
        }
    }

    fn types<T>(&mut self, section: &SectionLimited<'a, T>) -> Result<(), Refused> {
        // The section's own reader would read types within types without a limit: see `types`.
        let range = section.range();
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        types::section(&mut self.structure.meter, &mut self.scopes, BinaryReader::new(bytes, range.start))
    }

    fn imports(&mut self, section: wasmparser::ComponentImportSectionReader<'a>) -> Result<(), Refused> {
        let place = Place::at(section.range().start);
        if self.outermost() {
            self.structure.meter.add(Measure::Imports, section.count().into(), place)?;
        }
        for import in section.into_iter_with_offsets() {
            let (offset, import) = import.map_err(|error| Refused::malformed(&error, place))?;
            let (name, kind) = (import.name.name, import.ty.kind());
            self.structure.meter.name(name, Place::at(offset))?;
            self.scopes.entity(import.ty);
            if kind == ComponentExternalKind::Module {
                self.modules.push(None);
            }
            if self.outermost() {
                self.structure.imports.push(Extern { name, kind, offset });
            }
        }
        Ok(())
    }

    fn exports(&mut self, section: wasmparser::ComponentExportSectionReader<'a>) -> Result<(), Refused> {
        let place = Place::at(section.range().start);
        if self.outermost() {
            self.structure.meter.add(Measure::Exports, section.count().into(), place)?;
        }
        for export in section.into_iter_with_offsets() {
            let (offset, export) = export.map_err(|error| Refused::malformed(&error, place))?;
            let (name, kind) = (export.name.name, export.kind);
            self.structure.meter.name(name, Place::at(offset))?;
            if kind == ComponentExternalKind::Type {
                self.scopes.export(export.index);
            }
            if self.outermost() {
                self.structure.exports.push(Extern { name, kind, offset });
            }
        }
        Ok(())
    }

    fn aliases(&mut self, section: wasmparser::ComponentAliasSectionReader<'a>) -> Result<(), Refused> {
        let place = Place::at(section.range().start);
        self.structure.meter.add(Measure::Aliases, section.count().into(), place)?;
        for alias in section.into_iter_with_offsets() {
            let (offset, alias) = alias.map_err(|error| Refused::malformed(&error, place))?;
            let place = Place::at(offset);
            match alias {
                // A module by another name could be instantiated where nobody counts.
                ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. }
                | ComponentAlias::InstanceExport { kind: ComponentExternalKind::Module, .. } => {
                    return Err(Refused::Composed { what: "modules", place });
                }
                ComponentAlias::InstanceExport { name, .. } | ComponentAlias::CoreInstanceExport { name, .. } => {
                    self.structure.meter.name(name, place)?;
                }
                ComponentAlias::Outer { .. } => {}
            }
            self.scopes.alias(&alias);
        }
        Ok(())
    }

    fn core_instances(&mut self, section: wasmparser::InstanceSectionReader<'a>) -> Result<(), Refused> {
        for instance in section.into_iter_with_offsets() {
            let (offset, instance) = instance.map_err(|error| Refused::malformed(&error, Place::default()))?;
            let place = Place::at(offset);
            let arguments = match instance {
                Instance::Instantiate { module_index, args } => {
                    self.instantiate(module_index, offset)?;
                    args.len()
                }
                Instance::FromExports(exports) => exports.len(),
            };
            self.structure.meter.add(Measure::Arguments, arguments as u64, place)?;
        }
        Ok(())
    }

    fn instantiate(&mut self, module: u32, offset: usize) -> Result<(), Refused> {
        let place = Place::at(offset);
        if !self.outermost() {
            return Err(Refused::Composed { what: "instances", place });
        }
        self.structure.meter.add(Measure::CoreInstances, 1, place)?;
        match self.modules.get(module as usize) {
            Some(Some(module)) => module.instantiate(&mut self.structure.meter, offset),
            // Imported: refused by the name of the import.
            Some(None) => Ok(()),
            None => Err(Refused::Malformed { place, reason: format!("there is no core module {module}") }),
        }
    }

    fn instances(&mut self, section: wasmparser::ComponentInstanceSectionReader<'a>) -> Result<(), Refused> {
        let place = Place::at(section.range().start);
        self.structure.meter.add(Measure::ComponentInstances, section.count().into(), place)?;
        for instance in section.into_iter_with_offsets() {
            let (offset, instance) = instance.map_err(|error| Refused::malformed(&error, place))?;
            let place = Place::at(offset);
            let arguments = match instance {
                ComponentInstance::Instantiate { args, .. } => {
                    // Instances within instances would multiply when they are unfolded.
                    self.structure.meter.largest(Measure::ComponentDepth, self.open, place)?;
                    args.len()
                }
                ComponentInstance::FromExports(exports) => exports.len(),
            };
            self.structure.meter.add(Measure::Arguments, arguments as u64, place)?;
        }
        Ok(())
    }
}

//! Declarations of component types: how deep, how many, how large once everything that they refer to is written out.
//!
//! The parser reads a type within a type by calling itself, without a limit: a file of nothing but openings would overflow the
//! stack of the host. So nesting is followed here, by hand, and only what does not nest is given to the parser.

use wasmparser::{
    BinaryReader, ComponentAlias, ComponentDefinedType, ComponentExternName, ComponentImport, ComponentOuterAliasKind,
    ComponentType, ComponentTypeRef, ComponentValType, CoreType, TypeBounds,
};

use super::{Measure, Place, Refused, measure::Meter};

/// The first bytes of declarations that hold declarations.
const COMPONENT: u8 = 0x41;
const INSTANCE: u8 = 0x42;

/// A type that is not settled here counts as one.
const UNKNOWN: u64 = 1;

/// The type index spaces that are open, innermost last: for each type, its size when written out.
///
/// A type that comes from an instance counts as 1, so sizes are exact within one declaration or component, and a lower bound
/// across them, where the validator's own limit stands.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Vec<Vec<u64>>);

impl Scopes {
    pub(crate) fn open(&mut self) {
        self.0.push(Vec::new());
    }

    pub(crate) fn close(&mut self) {
        self.0.pop();
    }

    fn push(&mut self, size: u64) {
        if let Some(scope) = self.0.last_mut() {
            scope.push(size);
        }
    }

    fn size(&self, outward: u32, index: u32) -> u64 {
        let scope = self.0.iter().rev().nth(outward as usize);
        scope.and_then(|sizes| sizes.get(index as usize)).copied().unwrap_or(UNKNOWN)
    }

    fn value(&self, ty: ComponentValType) -> u64 {
        match ty {
            ComponentValType::Primitive(_) => 1,
            ComponentValType::Type(index) => self.size(0, index),
        }
    }

    /// Notes an alias: one that is a type makes a new index.
    pub(crate) fn alias(&mut self, alias: &ComponentAlias<'_>) {
        match *alias {
            ComponentAlias::InstanceExport { kind: wasmparser::ComponentExternalKind::Type, .. } => self.push(UNKNOWN),
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, count, index } => {
                self.push(self.size(count, index));
            }
            _ => {}
        }
    }

    /// Notes an import, or an export within a type: one that is a type makes a new index.
    pub(crate) fn entity(&mut self, ty: ComponentTypeRef) {
        match ty {
            ComponentTypeRef::Type(TypeBounds::Eq(index)) => self.push(self.size(0, index)),
            ComponentTypeRef::Type(TypeBounds::SubResource) => self.push(1),
            _ => {}
        }
    }

    /// Notes an export of a component: one that is a type makes a new index.
    pub(crate) fn export(&mut self, index: u32) {
        self.push(self.size(0, index));
    }
}

/// Reads a section of type declarations.
pub(crate) fn section(meter: &mut Meter, scopes: &mut Scopes, mut reader: BinaryReader<'_>) -> Result<(), Refused> {
    let count = number(&mut reader)?;
    for _ in 0..count {
        declaration(meter, scopes, &mut reader, 1)?;
    }
    Ok(())
}

fn declaration(
    meter: &mut Meter,
    scopes: &mut Scopes,
    reader: &mut BinaryReader<'_>,
    depth: u64,
) -> Result<(), Refused> {
    let place = Place::at(reader.original_position());
    meter.add(Measure::Types, 1, place)?;
    meter.largest(Measure::TypeDepth, depth, place)?;
    let first = reader.clone().read_u8().map_err(|error| Refused::malformed(&error, place))?;
    let size = if matches!(first, COMPONENT | INSTANCE) {
        read(reader, BinaryReader::read_u8)?;
        scopes.open();
        let size = members(meter, scopes, reader, depth);
        scopes.close();
        size?
    } else {
        let ty: ComponentType<'_> = read(reader, BinaryReader::read)?;
        plain(meter, scopes, &ty, place)?
    };
    meter.largest(Measure::TypeSize, size, place)?;
    scopes.push(size);
    Ok(())
}

/// The declarations within a component or instance type; the sum of their sizes.
fn members(meter: &mut Meter, scopes: &mut Scopes, reader: &mut BinaryReader<'_>, depth: u64) -> Result<u64, Refused> {
    let count = number(reader)?;
    for _ in 0..count {
        let place = Place::at(reader.original_position());
        match read(reader, BinaryReader::read_u8)? {
            0x00 => drop(read::<CoreType<'_>>(reader, BinaryReader::read)?),
            0x01 => declaration(meter, scopes, reader, depth + 1)?,
            0x02 => {
                meter.add(Measure::Aliases, 1, place)?;
                scopes.alias(&read(reader, BinaryReader::read)?);
            }
            0x03 => {
                let import: ComponentImport<'_> = read(reader, BinaryReader::read)?;
                named(meter, scopes, import.name.name, import.ty, place)?;
            }
            0x04 => {
                let name: ComponentExternName<'_> = read(reader, BinaryReader::read)?;
                let ty: ComponentTypeRef = read(reader, BinaryReader::read)?;
                named(meter, scopes, name.name, ty, place)?;
            }
            other => {
                let reason = format!("a declaration within a type cannot begin with {other:#x}");
                return Err(Refused::Malformed { place, reason });
            }
        }
    }
    let sizes = scopes.0.last().into_iter().flatten();
    Ok(sizes.fold(1, |sum: u64, size| sum.saturating_add(*size)))
}

fn named(
    meter: &mut Meter,
    scopes: &mut Scopes,
    name: &str,
    ty: ComponentTypeRef,
    place: Place,
) -> Result<(), Refused> {
    meter.add(Measure::Types, 1, place)?;
    meter.name(name, place)?;
    scopes.entity(ty);
    Ok(())
}

/// A type that holds no declarations; its size.
fn plain(meter: &mut Meter, scopes: &Scopes, ty: &ComponentType<'_>, place: Place) -> Result<u64, Refused> {
    let mut names = Vec::new();
    let parts: Vec<u64> = match ty {
        ComponentType::Defined(defined) => parts(scopes, defined, &mut names),
        ComponentType::Func(function) => {
            names.extend(function.params.iter().map(|(name, _)| *name));
            function.params.iter().map(|(_, ty)| *ty).chain(function.result).map(|ty| scopes.value(ty)).collect()
        }
        ComponentType::Component(_) | ComponentType::Instance(_) | ComponentType::Resource { .. } => Vec::new(),
    };
    meter.largest(Measure::TypeMembers, parts.len() as u64, place)?;
    names.into_iter().try_for_each(|name| meter.name(name, place))?;
    Ok(parts.into_iter().fold(1, u64::saturating_add))
}

/// The sizes of what a type refers to, one for each member.
fn parts<'a>(scopes: &Scopes, ty: &ComponentDefinedType<'a>, names: &mut Vec<&'a str>) -> Vec<u64> {
    let value = |ty: &ComponentValType| scopes.value(*ty);
    match ty {
        ComponentDefinedType::Record(fields) => {
            names.extend(fields.iter().map(|(name, _)| *name));
            fields.iter().map(|(_, ty)| value(ty)).collect()
        }
        ComponentDefinedType::Variant(cases) => {
            names.extend(cases.iter().map(|case| case.name));
            cases.iter().map(|case| case.ty.as_ref().map_or(1, value)).collect()
        }
        ComponentDefinedType::Tuple(types) => types.iter().map(value).collect(),
        ComponentDefinedType::Flags(all) | ComponentDefinedType::Enum(all) => {
            names.extend(all.iter().copied());
            vec![1; all.len()]
        }
        ComponentDefinedType::List(ty)
        | ComponentDefinedType::Option(ty)
        | ComponentDefinedType::FixedLengthList(ty, _) => {
            vec![value(ty)]
        }
        ComponentDefinedType::Map(key, item) => vec![value(key), value(item)],
        ComponentDefinedType::Result { ok, err } => ok.iter().chain(err).map(value).collect(),
        ComponentDefinedType::Future(ty) | ComponentDefinedType::Stream(ty) => ty.iter().map(value).collect(),
        ComponentDefinedType::Primitive(_) | ComponentDefinedType::Own(_) | ComponentDefinedType::Borrow(_) => {
            Vec::new()
        }
    }
}

fn number(reader: &mut BinaryReader<'_>) -> Result<u32, Refused> {
    read(reader, BinaryReader::read_var_u32)
}

fn read<'a, T>(
    reader: &mut BinaryReader<'a>,
    item: impl FnOnce(&mut BinaryReader<'a>) -> wasmparser::Result<T>,
) -> Result<T, Refused> {
    let place = Place::at(reader.original_position());
    item(reader).map_err(|error| Refused::malformed(&error, place))
}

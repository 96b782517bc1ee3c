//! Which columns of a table fit, and where: by priority, widths from the content, the rest of the
//! room to the one that grows.

/// What a column needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnNeed {
    /// Least width.
    pub(crate) width: u16,
    /// Most width it can use.
    pub(crate) width_max: u16,
    /// 0 is kept longest.
    pub(crate) priority: u8,
}

/// Where a column lies, counted from the left of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnPlace {
    /// Which of the needs it is.
    pub(crate) column: usize,
    pub(crate) x: u16,
    pub(crate) width: u16,
}

/// Places the columns that fit in `width`, in their own order, with one or two cells between them.
pub(crate) fn place(needs: &[ColumnNeed], width: u16) -> Vec<ColumnPlace> {
    let mut by_priority: Vec<usize> = (0..needs.len()).collect();
    by_priority.sort_by_key(|column| needs[*column].priority);
    let mut chosen: Vec<usize> = Vec::new();
    let mut used: u16 = 0;
    for group in by_priority.chunk_by(|a, b| are_together(needs[*a], needs[*b])) {
        let gaps = group.len() as u16 - u16::from(chosen.is_empty());
        let widths = group.iter().map(|column| needs[*column].width);
        let wanted = widths.fold(used.saturating_add(gaps), u16::saturating_add);
        if wanted <= width {
            used = wanted;
            chosen.extend(group);
        }
    }
    chosen.sort_unstable();
    spread(needs, &chosen, width - used)
}

/// Columns of one priority (bid and ask, low and high) are shown together or not at all; the first
/// ones each for itself.
fn are_together(a: ColumnNeed, b: ColumnNeed) -> bool {
    a.priority == b.priority && a.priority > 0
}

/// Gives what is left to the gaps once, then to the columns that can use it.
fn spread(needs: &[ColumnNeed], chosen: &[usize], left: u16) -> Vec<ColumnPlace> {
    let gaps = chosen.len().saturating_sub(1) as u16;
    let gap = if left >= gaps { 2 } else { 1 };
    let mut left = left - (gap - 1) * gaps;
    let mut x = 0;
    let mut places = Vec::with_capacity(chosen.len());
    for column in chosen {
        let need = needs[*column];
        let more = need.width_max.saturating_sub(need.width).min(left);
        left -= more;
        let width = need.width + more;
        places.push(ColumnPlace {
            column: *column,
            x,
            width,
        });
        x += width + gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn need(width: u16, width_max: u16, priority: u8) -> ColumnNeed {
        ColumnNeed {
            width,
            width_max,
            priority,
        }
    }

    #[test]
    fn the_least_important_column_goes_first() {
        let needs = [need(8, 8, 0), need(10, 10, 2), need(10, 10, 1)];
        let columns: Vec<_> = place(&needs, 20).iter().map(|place| place.column).collect();
        assert_eq!(columns, [0, 2]);
    }

    #[test]
    fn columns_of_one_priority_go_together() {
        let needs = [need(8, 8, 0), need(6, 6, 1), need(6, 6, 1)];
        assert_eq!(place(&needs, 16).len(), 1);
        assert_eq!(place(&needs, 22).len(), 3);
    }

    #[test]
    fn the_growing_column_takes_the_rest() {
        let needs = [need(8, 8, 0), need(4, 60, 1), need(6, 6, 0)];
        let places = place(&needs, 40);
        assert_eq!(places[1].width, 40 - 8 - 6 - 4);
        assert_eq!(places[2].x + places[2].width, 40);
    }

    proptest! {
        #[test]
        fn prop_columns_never_overlap_nor_overflow(
            widths in prop::collection::vec((1_u16..15, 0_u16..50, 0_u8..5), 0..20),
            width in 0_u16..250,
        ) {
            let needs: Vec<_> = widths
                .iter()
                .map(|(least, more, priority)| need(*least, least + more, *priority))
                .collect();
            let mut end = 0;
            for place in place(&needs, width) {
                prop_assert!(place.x >= end);
                end = place.x + place.width + 1;
                prop_assert!(place.x + place.width <= width);
                prop_assert!(place.width >= needs[place.column].width);
            }
        }
    }
}

#pragma once
// The slots of all worlds that are alive at once, in memory that is shared with every process forked after the pool was made.

#include <memory>
#include <vector>

#include "harness/lab/slot.h"

namespace halfopen {

class SlotPool {
public:
    /// SystemError when there is no memory for them.
    explicit SlotPool(int slots);
    SlotPool(const SlotPool&) = delete;
    ~SlotPool();

    struct GiveBack {
        SlotPool* pool;
        void operator()(Slot* slot) const noexcept { pool->free_.push_back(slot); }
    };
    /// A fresh one, lent until the holder ends, and all processes that write to it before. Error when all are lent.
    std::unique_ptr<Slot, GiveBack> lend();

private:
    Slot* slots_;
    int count_;
    std::vector<Slot*> free_;
};

using SlotLease = std::unique_ptr<Slot, SlotPool::GiveBack>;

} // namespace halfopen

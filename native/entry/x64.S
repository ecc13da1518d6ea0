# What a Linux executable begins with, before the entry that Bun gave it: variables are set that the engine reads before any script runs.
# scripts/build/entry.ts puts it into the file, with the words below. The C library is ready: the loader comes here last.
    .globl _start
_start:
    push %rdx                   # a function of the loader's, which the entry hands to the C library
    push %rbx
    lea table(%rip), %rbx
next:
    mov (%rbx), %rdi            # name; the last one is 0
    test %rdi, %rdi
    jz done
    mov 8(%rbx), %rsi           # value
    xor %edx, %edx              # what the user set himself stays
    mov setenv(%rip), %rax
    call *(%rax)
    add $16, %rbx
    jmp next
done:
    pop %rbx
    pop %rdx
    jmp *entry(%rip)

    .balign 8
entry:  .quad 0                 # where Bun's own entry is
setenv: .quad 0                 # where the address of setenv is
table:                          # addresses of names and values, in pairs

# Prints the n-th Fibonacci number by plain recursion; n is the first argument, or 35.
fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)

println(fib(isempty(ARGS) ? 35 : parse(Int, ARGS[1])))

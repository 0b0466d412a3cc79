"""One program with every schedule of the vocabulary, alone and in company."""

SCHEDULES = {
    "s_a": "constant(0.3)",
    "s_b": "linear(1 -> 0.1, 37 steps)",
    "s_c": "cosine(2 -> 0.1, 33 steps, exponent: 2.5, k_decay: 1.5)",
    "s_d": "exponential(0.1 -> 0.001, 2 epochs)",
    "s_e": "polynomial(1 -> 0.2, 15 steps, power: 2, cycle: true)",
    "s_f": "polynomial(1 -> 0.2, 40 steps, power: 0.5, k_decay: 2)",
    "s_g": "tanh_decay(1 -> 0.1, 45 steps)",
    "s_h": "exponential_decay(0.5, 0.7, 15 steps, staircase: true, end: 0.2)",
    "s_i": "step_decay(0.5, 1 epoch)",
    "s_j": "multistep(0.5, [1 epoch, 50%, 45], factor: 0.2)",
    "s_k": "piecewise([1, 0.5, 0.05], [10, 25])",
    "s_l": "piecewise([1, 0.5, 0.05], [10, 25], late: true)",
    "s_m": "piecewise([1, 0.5, 0.7], [1 epoch, 2 epochs], shape: cosine)",
    "s_n": "inverse_time(0.5, 0.3, 7 steps)",
    "s_o": "linear(0 -> 1, 16 steps) then inverse_sqrt(1, 16 steps)",
    "s_p": "inverse_power(0.2, 10 steps, power: 0.75)",
    "s_q": "one_cycle(0.3, rest, shape: linear, three_phase: true)",
    "s_r": "one_cycle(0.3, 50 steps, flavor: torch)",
    "s_s": "cyclic(0.1 -> 1, 10 steps, down: 5 steps, mode: exp_range, gamma: 0.97)",
    "s_t": "restarts(1 -> 0.1, 10 steps, m_mul: 0.5)",
    "s_u": "wsd(0.3, rest, warmup: 10%, decay: 20 steps, shape: sqrt, end: 0.01)",
    "s_v": "warmup(cosine(1 -> 0.1, rest), 5 steps, start: 0.1, power: 2)",
    "s_w": "warmup(linear(1 -> 0.1, rest), 5 steps, shift: false)",
    "s_x": "clamp(offset(linear(1 -> 0, 20 steps), 10 steps), low: 0.2, high: 0.9)",
    "s_y": "cycle(s_b, 20 steps, decay: 0.5)",
    "s_z": "noise(hold(s_b, 7 steps), 0.25, 4 steps, seed: 3)",
    "joined": "(linear(0 -> 1, 5 steps) then constant(1, 1 epoch)) then s_v",
    "late": "linear(0 -> 1, 20 steps) then 0.5 * cosine(1 -> 0, rest)",
    "by_epoch": "s_b at epoch",
    "formula": "(1 - progress) * 0.9 ^ epoch",
}

LOSS = " + ".join(SCHEDULES)
PROGRAM = f"""data points {{
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}}
model net(x: f32[13]) -> f32[10] = x |> dense(10)
{chr(10).join(f"schedule {name} = {text}" for name, text in SCHEDULES.items())}
train for 3 epochs {{
  step (x, y) from points.train batch 16 {{
    loss = ({LOSS}) * mean_squared_error(y, net(x))
    update net to minimize loss using adam(joined)
    report loss
  }}
}}
"""

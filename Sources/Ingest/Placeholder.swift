import DMAModel
